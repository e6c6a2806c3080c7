// One bank's control: key sequence, control and status register, the 256-bit write buffer, the queue of programs and erases. RM0433 4.3.8 to 4.3.11,
// 4.5.1, 4.7, 4.9.
//
// An operation is checked when it leaves the queue, just before it acts (4.3.9), and takes effect when its time is over; the bank stalls a third command
// meanwhile. One queue of two stands for the write queue and the erase queue. Left out: a second AXI master, wrap bursts.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    /// <summary>A program (Sectors null) or an erase. Offsets and sector numbers are the bank's own.</summary>
    public class FlashCommand
    {
        public int At;
        public byte[] Bytes;
        public int[] Sectors;
        public ulong DurationNs;
        /// <summary>When it is over; MaxValue: it waits in the queue.</summary>
        public ulong EndNs;

        public bool IsErase => Sectors != null;
    }

    public interface IBankHost
    {
        ulong NowNs { get; }

        /// <summary>Waits in virtual time: the access stalls.</summary>
        void StallUntil(ulong ns);

        /// <summary>Decides what becomes of a command. False: refused by a protection. Throws FlashPowerCut.</summary>
        bool Begin(int bank, FlashCommand command);

        void Complete(int bank, FlashCommand command);

        void Tear(int bank, FlashCommand command);

        /// <summary>A command has become the one that runs.</summary>
        void Started(int bank, FlashCommand command);

        void Warn(string message);
    }

    public class FlashBank
    {
        public FlashBank(int index, IBankHost host, bool ignoresLock)
        {
            this.index = index;
            this.host = host;
            this.ignoresLock = ignoresLock;
            keys = new KeyLock(0x45670123, 0xCDEF89AB, ignoresLock);
            buffer = new byte[FlashGeometry.WordBytes];
            queue = new List<FlashCommand>();
            ToResetValues();
        }

        /// <summary>What runs is torn, what waits is lost; registers go to their reset values (4.3.14).</summary>
        /// <returns>whether anything was torn</returns>
        public bool Reset()
        {
            Settle();
            var running = queue.FirstOrDefault();
            queue.Clear();
            if(running != null)
            {
                host.Tear(index, running);
            }
            ToResetValues();
            return running != null;
        }

        /// <summary>The supply is gone: nothing runs on.</summary>
        public void Drop()
        {
            queue.Clear();
        }

        public bool Locked => keys.Locked;

        public uint Control => control | (keys.Locked ? Cr.LOCK : 0);

        public uint Status
        {
            get
            {
                Settle();
                return flags | (queue.Count > 0 ? Sr.BSY | Sr.QW : 0) | (bufferAt >= 0 ? Sr.WBNE : 0);
            }
        }

        /// <summary>FLASH_ECC_FA: word number in the bank of the first ECC error since the flags were cleared (4.7.7).</summary>
        public uint EccAddress => eccAddress;

        /// <summary>FLASH_KEYR.</summary>
        public void Key(uint value, uint address)
        {
            if(!keys.Key(value))
            {
                throw new FlashBusFault(address, "wrong key in FLASH_KEYR: bank locked until reset");
            }
        }

        /// <summary>A write to another register of this bank (4.5.1).</summary>
        public void OtherRegister(uint address)
        {
            if(!keys.OtherRegister())
            {
                throw new FlashBusFault(address, "written between the keys of FLASH_KEYR");
            }
        }

        /// <summary>FLASH_CR: dropped while it is locked; with LOCK set the other bits stay as they are (4.9).</summary>
        public void WriteControl(uint value)
        {
            if(keys.Locked && !ignoresLock)
            {
                host.Warn($"FLASH_CR{index + 1} is locked: write of 0x{value:X8} dropped");
                return;
            }
            if((value & Cr.LOCK) != 0)
            {
                keys.Lock();
                if(!ignoresLock)
                {
                    return;
                }
            }
            control = value & Cr.Stored;
            if((value & Cr.PG) == 0)
            {
                DropBuffer(); // 4.6.2: resetting PG loses the buffer
            }
            if((value & Cr.FW) != 0)
            {
                ForceWrite();
            }
            if((value & Cr.START) != 0)
            {
                Start();
            }
        }

        /// <summary>FLASH_CCR.</summary>
        public void Clear(uint value)
        {
            flags &= ~(value & Sr.Clearable);
            if((flags & (Sr.SNECCERR | Sr.DBECCERR)) == 0)
            {
                eccAddress = 0;
            }
        }

        public void Raise(uint flag)
        {
            flags |= flag;
        }

        /// <summary>Only the first error's address is kept (4.7.7).</summary>
        public void EccError(uint flag, uint word)
        {
            if((flags & (Sr.SNECCERR | Sr.DBECCERR)) == 0)
            {
                eccAddress = word;
            }
            Raise(flag);
        }

        /// <summary>A store to the bank's memory within one flash word.</summary>
        public void Write(int at, byte[] bytes)
        {
            // 4.7.3: without PG, or after an INCERR that was not cleared; a PGSERR that was not cleared blocks, too. LOCK guards the register, not this.
            if((control & Cr.PG) == 0 || (flags & (Sr.INCERR | Sr.PGSERR)) != 0)
            {
                Raise(Sr.PGSERR);
                host.Warn($"store to bank {index + 1} at 0x{at:X} without PG or after an error: PGSERR");
                DropBuffer();
                return;
            }
            var word = at - at % FlashGeometry.WordBytes;
            if(bufferAt >= 0 && bufferAt != word)
            {
                Raise(Sr.INCERR); // 4.7.5: another word before this one was full; what was there is lost
                host.Warn($"store to bank {index + 1} at 0x{at:X} before the word at 0x{bufferAt:X} was full: INCERR");
                DropBuffer();
                return;
            }
            bufferAt = word;
            for(var place = 0; place < bytes.Length; place++)
            {
                var byteInWord = (at + place) % FlashGeometry.WordBytes;
                var bit = 1u << byteInWord;
                if((bufferMask & bit) != 0)
                {
                    Raise(Sr.STRBERR); // 4.7.4: the new byte replaces the old one
                    host.Warn($"byte at 0x{at + place:X} of bank {index + 1} written twice before its word was full: STRBERR");
                }
                buffer[byteInWord] = bytes[place];
                bufferMask |= bit;
            }
            if(bufferMask == uint.MaxValue)
            {
                Flush();
            }
        }

        /// <summary>Starts what SER and BER ask for; a bank erase supersedes a sector erase (4.3.10).</summary>
        public void Start()
        {
            var psize = (control & Cr.PSIZE) >> Cr.PSIZE_SHIFT;
            if((control & Cr.BER) != 0)
            {
                var all = Enumerable.Range(0, FlashGeometry.SectorsPerBank).ToArray();
                Enqueue(new FlashCommand { Sectors = all, DurationNs = FlashTiming.EraseBankNs(psize) });
            }
            else if((control & Cr.SER) != 0)
            {
                var sector = (int)((control & Cr.SNB) >> Cr.SNB_SHIFT);
                Enqueue(new FlashCommand { Sectors = new[] { sector }, DurationNs = FlashTiming.EraseSectorNs(psize) });
            }
            else
            {
                host.Warn($"FLASH_CR{index + 1}.START without SER or BER");
            }
        }

        /// <summary>MER sets BER and START of both banks (4.9, FLASH_OPTCR).</summary>
        public void MassErase()
        {
            control |= Cr.BER;
            Start();
        }

        /// <summary>Applies what is over by now.</summary>
        public void Settle()
        {
            while(queue.Count > 0 && queue[0].EndNs <= host.NowNs)
            {
                var running = queue[0];
                host.Complete(index, running);
                Raise(Sr.EOP);
                queue.RemoveAt(0);
                RunNext(running.EndNs);
            }
        }

        /// <summary>A read waits for the operations asked for before it (4.3.8).</summary>
        public void Stall()
        {
            while(queue.Count > 0)
            {
                host.StallUntil(queue[0].EndNs);
                Settle();
            }
        }

        /// <summary>Bytes that were not written stay ones; without a cleared bit it does nothing (4.3.9).</summary>
        private void ForceWrite()
        {
            if(bufferAt >= 0 && buffer.Any(value => value != 0xFF))
            {
                Flush();
            }
        }

        private void Flush()
        {
            var psize = (control & Cr.PSIZE) >> Cr.PSIZE_SHIFT;
            var command = new FlashCommand { At = bufferAt, Bytes = (byte[])buffer.Clone(), DurationNs = FlashTiming.ProgramNs(psize) };
            DropBuffer();
            Enqueue(command);
        }

        private void Enqueue(FlashCommand command)
        {
            Settle();
            while(queue.Count >= QueueDepth)
            {
                host.StallUntil(queue[0].EndNs);
                Settle();
            }
            if(queue.Count == 0)
            {
                Run(command, host.NowNs);
                return;
            }
            command.EndNs = ulong.MaxValue;
            queue.Add(command);
        }

        private void RunNext(ulong startNs)
        {
            if(queue.Count == 0)
            {
                return;
            }
            var next = queue[0];
            queue.RemoveAt(0);
            Run(next, startNs);
        }

        /// <summary>The command leaves the queue at startNs.</summary>
        private void Run(FlashCommand command, ulong startNs)
        {
            if(host.Begin(index, command))
            {
                command.EndNs = startNs + command.DurationNs;
                queue.Insert(0, command);
                host.Started(index, command);
                return;
            }
            Raise(Sr.WRPERR); // 4.7.2: nothing is changed, and nothing is blocked by the flag
            RunNext(startNs);
        }

        private void DropBuffer()
        {
            bufferAt = -1;
            bufferMask = 0;
            Array.Fill(buffer, (byte)0xFF);
        }

        private void ToResetValues()
        {
            control = Cr.ResetValue;
            flags = 0;
            eccAddress = 0;
            DropBuffer();
            keys.Reset();
        }

        private uint control;
        private uint flags;
        private uint eccAddress;
        /// <summary>Offset in the bank of the word in the write buffer; -1: empty.</summary>
        private int bufferAt;
        /// <summary>Bit n: byte n of the buffer is written.</summary>
        private uint bufferMask;
        private readonly byte[] buffer;
        private readonly List<FlashCommand> queue;
        private readonly KeyLock keys;
        private readonly IBankHost host;
        private readonly int index;
        private readonly bool ignoresLock;

        private const int QueueDepth = 2;
    }
}
