// RNG, the true random number generator, RM0433 chapter 34. Its noise is a generator of the board's seed (SHA-256 of seed and block number, the same
// words as platforms/native_sim/parts/rng.ts); the harness can feed words and make it fail: seed error (SECS), clock error (CECS), no word ready (slow), or
// a source that sticks, repeats itself or is biased without the part's noticing.
//
// RNG_CR: modelled RNGEN 2, IE 3, CED 5. RNG_SR: modelled DRDY 0, CECS 1, SECS 2, CEIS 5, SEIS 6. The others reserved. After a seed error DRDY stays
// clear until SEIS is cleared and RNGEN is set anew (34.3.7). Left out: conditioning, the self-test, the 40 cycles that a word takes.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class Rng : IDoubleWordPeripheral, IKnownSize
    {
        public Rng()
        {
            IRQ = new GPIO();
            fed = new Queue<uint>();
        }

        public void Reset()
        {
            control = 0;
            latched = 0;
            broken = false;
            UpdateStatus();
        }

        /// <summary>Words to be delivered next, hexadecimal, separated by spaces; after them the generator goes on.</summary>
        public void Feed(string words)
        {
            foreach(var word in words.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries))
            {
                if(!uint.TryParse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value))
                {
                    throw new RecoverableException($"rng: expected 32-bit words in hexadecimal, got {word}");
                }
                fed.Enqueue(value);
            }
        }

        /// <summary>seed, clock, slow, stuck, repeating, biased or none.</summary>
        public string Fault
        {
            get => fault;
            set
            {
                if(Array.IndexOf(Faults, value) < 0)
                {
                    throw new RecoverableException($"rng: expected one of {string.Join(", ", Faults)}, got {value}");
                }
                fault = value;
                stuckWord = null;
                UpdateStatus();
            }
        }

        /// <summary>Decides the words; starts the generator anew.</summary>
        public string Seed
        {
            get => seed;
            set
            {
                seed = value;
                drawn = 0;
                block = null;
            }
        }

        /// <summary>Words of the generator so far, without those that were fed.</summary>
        public int Drawn => drawn;

        /// <summary>Where the source stands, as text without blanks: words drawn, words fed and not yet taken, the word that is stuck, the fault.</summary>
        public string State
        {
            get => $"{drawn}/{string.Join(",", fed)}/{stuckWord}/{fault}";
            set
            {
                var parts = value.Split('/');
                drawn = int.Parse(parts[0]);
                block = drawn % WordsPerBlock == 0 ? null : FlashArray.Sha256(Encoding.UTF8.GetBytes($"proofboard rng {seed} {drawn / WordsPerBlock}"));
                fed.Clear();
                foreach(var word in parts[1].Split(',').Where(word => word.Length > 0))
                {
                    fed.Enqueue(uint.Parse(word));
                }
                Fault = parts[3];
                stuckWord = parts[2].Length == 0 ? (uint?)null : uint.Parse(parts[2]);
            }
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case ControlOffset:
                return control;
            case StatusOffset:
                return Status;
            case DataOffset:
                if((Status & Drdy) != 0)
                {
                    return Word();
                }
                this.Log(LogLevel.Warning, "RNG_DR read while no word is ready: zero");
                return 0; // 34.7.3: zero when not ready
            default:
                this.Log(LogLevel.Warning, "read of reserved register 0x{0:X}", offset);
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case ControlOffset:
                if((value & ~ControlBits) != 0)
                {
                    this.Log(LogLevel.Warning, "RNG_CR: reserved bits set in 0x{0:X8}", value);
                }
                if((value & Rngen) != 0 && (control & Rngen) == 0 && (latched & Seis) == 0)
                {
                    broken = false; // 34.3.7: cleared SEIS, then RNGEN off and on: a new conditioning
                }
                control = value & ControlBits;
                break;
            case StatusOffset:
                latched &= value & (Ceis | Seis); // cleared by writing 0; writing 1 has no effect
                break;
            default:
                this.Log(LogLevel.Warning, "write of 0x{0:X8} to read-only or reserved register 0x{1:X} dropped", value, offset);
                return;
            }
            UpdateStatus();
        }

        public GPIO IRQ { get; }

        public long Size => 0x400;

        private uint Status
        {
            get
            {
                var enabled = (control & Rngen) != 0;
                var seedError = enabled && fault == "seed";
                var clockError = enabled && fault == "clock" && (control & Ced) == 0;
                var ready = enabled && !seedError && !clockError && !broken && fault != "slow";
                return (ready ? Drdy : 0) | (clockError ? Cecs : 0) | (seedError ? Secs : 0) | latched;
            }
        }

        private uint Word()
        {
            switch(fault)
            {
            case "stuck":
                stuckWord = stuckWord ?? Draw();
                return stuckWord.Value;
            case "repeating":
                Draw();
                return Repeated[drawn % 2];
            case "biased":
                return Draw() | Draw() | Draw(); // each bit is set seven times out of eight
            default:
                return Draw();
            }
        }

        private uint Draw()
        {
            if(fed.Count > 0)
            {
                return fed.Dequeue();
            }
            var index = drawn % WordsPerBlock;
            if(index == 0 || block == null)
            {
                block = FlashArray.Sha256(Encoding.UTF8.GetBytes($"proofboard rng {seed} {drawn / WordsPerBlock}"));
            }
            drawn++;
            return BitConverter.ToUInt32(block, index * 4);
        }

        private void UpdateStatus()
        {
            var status = Status;
            if((status & Secs) != 0)
            {
                latched |= Seis;
                broken = true;
            }
            if((status & Cecs) != 0)
            {
                latched |= Ceis;
            }
            IRQ.Set((control & Ie) != 0 && (Status & (Drdy | Ceis | Seis)) != 0);
        }

        private uint control;
        /// <summary>CEIS and SEIS.</summary>
        private uint latched;
        /// <summary>After a seed error no word comes until the sequence of 34.3.7.</summary>
        private bool broken;
        private string fault = "none";
        private string seed = "1";
        private int drawn;
        private uint? stuckWord;
        private byte[] block;
        private readonly Queue<uint> fed;

        private const long ControlOffset = 0x0;
        private const long StatusOffset = 0x4;
        private const long DataOffset = 0x8;
        private const uint Rngen = 1u << 2;
        private const uint Ie = 1u << 3;
        private const uint Ced = 1u << 5;
        private const uint ControlBits = Rngen | Ie | Ced;
        private const uint Drdy = 1u << 0;
        private const uint Cecs = 1u << 1;
        private const uint Secs = 1u << 2;
        private const uint Ceis = 1u << 5;
        private const uint Seis = 1u << 6;
        private const int WordsPerBlock = 8;
        private static readonly string[] Faults = { "none", "seed", "clock", "slow", "stuck", "repeating", "biased" };
        private static readonly uint[] Repeated = { 0x9E3779B9, 0x7F4A7C15 };
    }
}
