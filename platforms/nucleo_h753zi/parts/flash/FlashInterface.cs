// The STM32H753's embedded flash interface after RM0433 chapter 4: two banks behind one register block, options, read protection, bank swap, ECC, in
// virtual time, with a hook that cuts power at an operation. Of Renode it knows nothing: Stm32h753Flash.cs puts it on the bus.
//
// Left out: CRC unit, OTP, PCROP and secure areas (registers tagged: writes are dropped with a warning), interrupts, caches, wait states.

using System;
using System.Collections.Generic;
using System.IO;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class FlashInterface : IBankHost, IOptionsHost, IArrayObserver
    {
        public FlashInterface(IFlashHost host, string mutant, string seed)
        {
            this.host = host;
            this.mutant = mutant;
            array = new FlashArray(this);
            work = new FlashOperations(this, array, host, mutant) { Seed = seed };
            banks = new[] { new FlashBank(0, this, mutant == FlashMutant.IgnoresLock), new FlashBank(1, this, mutant == FlashMutant.IgnoresLock) };
            options = new FlashOptions(this, mutant);
        }

        public FlashOptions Options => options;

        public int Operations => work.Count;

        public bool Swapped { get; private set; }

        public int RdpLevel
        {
            get
            {
                Settle();
                return options.RdpLevel;
            }
        }

        /// <summary>Level 1 with an intrusion: flash memory, backup SRAM and RTC backup registers answer with errors (4.5.3).</summary>
        public bool Hidden => options.RdpLevel == 1 && intruded;

        /// <summary>A debugger attaches. False: the port does not answer (level 2).</summary>
        public bool AttachDebugger()
        {
            if(RdpLevel == 2)
            {
                return false;
            }
            intruded = true;
            host.AccessChanged();
            return true;
        }

        /// <param name="losesPower">power-on and brown-out; the others are resets of the D1 domain (4.3.14)</param>
        public void Reset(bool losesPower)
        {
            Settle();
            foreach(var bank in banks)
            {
                var stopped = bank.Reset();
                if(stopped && !losesPower)
                {
                    bank.Raise(Sr.OPERR); // 4.7.6: a modify operation was stopped by a system reset
                }
            }
            options.Reset();
            acr = Acr.ResetValue;
            intruded &= !losesPower;
            var swap = options.SwapOption && mutant != FlashMutant.SwapDoesNothing;
            if(swap != Swapped)
            {
                Swapped = swap;
                host.MemoryChanged(FlashGeometry.Start, FlashGeometry.FlashBytes);
            }
            work.Reset();
            host.AccessChanged();
        }

        public void CutPower(int operation, string mode)
        {
            work.CutPower(operation, mode);
        }

        public string WaitingCut => work.WaitingCut;

        /// <param name="register">offset in the block</param>
        public uint ReadRegister(int register)
        {
            var single = Locate(register, out var own);
            Settle();
            var index = BankOf(register);
            var bank = banks[index];
            switch(single)
            {
            case FlashRegister.ACR:
                return acr;
            case FlashRegister.KEYR:
            case FlashRegister.CCR:
                return 0;
            case FlashRegister.CR:
                return bank.Control;
            case FlashRegister.SR: // the option bytes lie in bank 1 (4.4.3)
                return bank.Status | (index == 0 && options.Busy ? Sr.BSY | Sr.QW : 0);
            case FlashRegister.ECC_FA:
                return bank.EccAddress;
            }
            if(!options.TryRead(own, out var value))
            {
                return FlashRegister.TaggedValue(single);
            }
            return own == FlashRegister.OPTCR && Swapped ? value | Optcr.SWAP_BANK : value;
        }

        /// <param name="sizeBytes">a key of less than 32 bits is a wrong one (4.5.1); other registers take whole words only here</param>
        public void WriteRegister(int register, uint value, int sizeBytes)
        {
            var single = Locate(register, out var own);
            // Register writes are put on hold until an option change is over (4.9, FLASH_OPTCR and FLASH_CRCCR1).
            if(options.Busy)
            {
                host.StallUntil(options.BusyUntilNs);
            }
            Settle();
            var bank = banks[BankOf(register)];
            var address = FlashRegister.Block + (uint)register;
            if(single != FlashRegister.OPTKEYR)
            {
                options.OtherRegister(address);
            }
            if(single != FlashRegister.KEYR && FlashRegister.IsBanked(single))
            {
                bank.OtherRegister(address);
            }
            var word = sizeBytes == 4 ? value : NoKey;
            switch(single)
            {
            case FlashRegister.KEYR:
                bank.Key(word, address);
                return;
            case FlashRegister.OPTKEYR:
                options.Write(own, word, address);
                return;
            }
            if(sizeBytes != 4)
            {
                throw new FlashBusFault(address, "only whole words are modelled");
            }
            switch(single)
            {
            case FlashRegister.ACR:
                acr = word & Acr.Mask;
                return;
            case FlashRegister.CR:
                bank.WriteControl(word);
                return;
            case FlashRegister.CCR:
                bank.Clear(word);
                return;
            case FlashRegister.SR:
            case FlashRegister.ECC_FA:
                host.Warn($"register 0x{register:X} is read-only: write of 0x{word:X8} dropped");
                return;
            case FlashRegister.OPTCR:
                if(options.AllowsMassErase(word))
                {
                    MassErase();
                }
                break;
            }
            if(!options.Write(own, word, address))
            {
                host.Warn($"register 0x{register:X} is tagged: the write has no effect");
            }
        }

        /// <summary>
        /// Reads as the core does; waits for the bank. Throws FlashBusFault for a word whose ECC does not fit (4.7.7), for hidden flash (4.7.8), and
        /// outside of flash.
        /// </summary>
        public byte[] ReadMemory(uint address, int length)
        {
            var result = new byte[length];
            for(var done = 0; done < length;)
            {
                var at = ArrayOffset(address + (uint)done);
                var part = Math.Min(length - done, FlashGeometry.SectorBytes - at % FlashGeometry.SectorBytes);
                var bank = banks[at / FlashGeometry.BankBytes];
                Settle();
                if(Hidden)
                {
                    bank.Raise(Sr.RDPERR);
                    throw new FlashBusFault(address + (uint)done, "read protection");
                }
                bank.Stall();
                var bad = array.First(WordState.Unreadable, at, part);
                var corrected = array.First(WordState.Correctable, at, bad < 0 ? part : bad - at);
                if(corrected >= 0)
                {
                    bank.EccError(Sr.SNECCERR, WordInBank(corrected));
                }
                if(bad >= 0)
                {
                    bank.EccError(Sr.DBECCERR, WordInBank(bad));
                    throw new FlashBusFault(BusAddress(bad), "double ECC error");
                }
                Buffer.BlockCopy(array.Read(at, part), 0, result, done, part);
                done += part;
            }
            return result;
        }

        /// <summary>Stores as the core does: cut at flash-word borders, each part into its bank's write buffer.</summary>
        public void WriteMemory(uint address, byte[] bytes)
        {
            for(var done = 0; done < bytes.Length;)
            {
                var at = ArrayOffset(address + (uint)done);
                var part = Math.Min(bytes.Length - done, FlashGeometry.WordBytes - at % FlashGeometry.WordBytes);
                var piece = new byte[part];
                Buffer.BlockCopy(bytes, done, piece, 0, part);
                banks[at / FlashGeometry.BankBytes].Write(at % FlashGeometry.BankBytes, piece);
                done += part;
            }
        }

        /// <summary>As a decapped chip shows it, at the addresses of now; unreadable words as zeros, or as their cells.</summary>
        public byte[] Peek(uint address, int length, bool cells)
        {
            Settle();
            var result = new byte[length];
            for(var done = 0; done < length;)
            {
                var at = ArrayOffset(address + (uint)done);
                var part = Math.Min(length - done, FlashGeometry.BankBytes - at % FlashGeometry.BankBytes);
                Buffer.BlockCopy(cells ? array.Read(at, part) : array.Peek(at, part), 0, result, done, part);
                done += part;
            }
            return result;
        }

        public void Poke(uint address, byte[] bytes)
        {
            Settle();
            for(var done = 0; done < bytes.Length;)
            {
                var at = ArrayOffset(address + (uint)done);
                var part = Math.Min(bytes.Length - done, FlashGeometry.BankBytes - at % FlashGeometry.BankBytes);
                var piece = new byte[part];
                Buffer.BlockCopy(bytes, done, piece, 0, part);
                array.Poke(at, piece);
                done += part;
            }
        }

        public bool PokeOption(int register, uint value)
        {
            Settle();
            Locate(register, out var own);
            var known = options.Poke(own, value);
            host.AccessChanged();
            return known;
        }

        /// <summary>Makes a word one that is read with a corrected bit, or not at all.</summary>
        public void Disturb(uint address, bool correctable)
        {
            Settle();
            var at = ArrayOffset(address - address % FlashGeometry.WordBytes);
            if(correctable)
            {
                array.Disturb(at);
            }
            else
            {
                array.Tear(at, null);
            }
        }

        /// <summary>Where the core fetches first (4.4.7): BOOT_CM7_ADD0 with the BOOT pin low, BOOT_CM7_ADD1 with it high; address bits 31 to 16.</summary>
        public uint BootAddress(bool pinHigh)
        {
            Settle();
            var boot = options.Current.Boot;
            return (pinHigh ? boot >> 16 : boot & 0xFFFF) << 16;
        }

        /// <summary>What outlasts the supply, and the count of operations.</summary>
        public void Write(BinaryWriter writer)
        {
            Settle();
            writer.Write(options.Current.Optsr);
            writer.Write(options.Current.Wpsn1);
            writer.Write(options.Current.Wpsn2);
            writer.Write(options.Current.Boot);
            writer.Write(work.Count);
            array.Write(writer);
        }

        public void Read(BinaryReader reader)
        {
            foreach(var bank in banks)
            {
                bank.Drop();
            }
            options.Load(new OptionBytes { Optsr = reader.ReadUInt32(), Wpsn1 = reader.ReadUInt32(), Wpsn2 = reader.ReadUInt32(), Boot = reader.ReadUInt32() });
            work.Restart(reader.ReadInt32());
            array.Read(reader);
            intruded = false;
            Swapped = options.SwapOption && mutant != FlashMutant.SwapDoesNothing;
            host.AccessChanged();
        }

        public string Hash()
        {
            Settle();
            return array.Hash();
        }

        /// <summary>Waits until nothing runs or waits any more.</summary>
        public void Drain()
        {
            foreach(var bank in banks)
            {
                bank.Stall();
            }
            if(options.Busy)
            {
                host.StallUntil(options.BusyUntilNs);
            }
            Settle();
        }

        public void Settle()
        {
            banks[0].Settle();
            banks[1].Settle();
            options.Settle();
        }

        public uint BusAddress(int at)
        {
            return FlashGeometry.Start + (uint)(Swapped ? (at + FlashGeometry.BankBytes) % FlashGeometry.FlashBytes : at);
        }

        /// <summary>Start addresses of the pages with a word that cannot simply be read: it is unreadable, or read with a report.</summary>
        public HashSet<uint> DamagedPages(uint address, int length)
        {
            var pages = new HashSet<uint>();
            var start = ArrayOffset(address);
            foreach(var state in new[] { WordState.Unreadable, WordState.Correctable })
            {
                for(var at = array.First(state, start, length); at >= 0;)
                {
                    pages.Add(BusAddress(at) & ~(FlashMemory.PageBytes - 1));
                    var next = (at / (int)FlashMemory.PageBytes + 1) * (int)FlashMemory.PageBytes;
                    at = next >= start + length ? -1 : array.First(state, next, start + length - next);
                }
            }
            return pages;
        }

        /// <summary>What the core may fetch or read directly, within a sector; unreadable words are UDF instructions.</summary>
        public byte[] Visible(uint address, int length)
        {
            var at = ArrayOffset(address);
            var bytes = array.Read(at, length);
            for(var word = array.First(WordState.Unreadable, at, length); word >= 0;)
            {
                for(var index = Math.Max(word, at); index < Math.Min(word + FlashGeometry.WordBytes, at + length); index++)
                {
                    bytes[index - at] = (byte)(index % 2 == 0 ? 0x00 : 0xDE);
                }
                var next = word + FlashGeometry.WordBytes;
                word = next >= at + length ? -1 : array.First(WordState.Unreadable, next, at + length - next);
            }
            return bytes;
        }

        public ulong NowNs => host.NowNs;

        public void StallUntil(ulong ns)
        {
            host.StallUntil(ns);
        }

        public bool Begin(int bank, FlashCommand command)
        {
            return work.Begin(bank, command);
        }

        public void Complete(int bank, FlashCommand command)
        {
            work.Complete(bank, command);
        }

        public void Tear(int bank, FlashCommand command)
        {
            work.Tear(bank, command);
        }

        public void Started(int bank, FlashCommand command)
        {
            var at = bank * FlashGeometry.BankBytes + (command.IsErase ? command.Sectors[0] * FlashGeometry.SectorBytes : command.At);
            var length = command.IsErase ? command.Sectors.Length * FlashGeometry.SectorBytes : FlashGeometry.WordBytes;
            host.CommandStarted(BusAddress(at), length, command.EndNs);
        }

        public void BeginOptions(OptionBytes after, bool regression, ulong durationNs)
        {
            work.BeginOptions(after, regression, durationNs);
        }

        public void Regress()
        {
            work.Regress();
        }

        public void TearAll()
        {
            work.TearAll();
        }

        public void OptionsChanged(OptionBytes after)
        {
            work.OptionsChanged(after);
        }

        public void Warn(string message)
        {
            host.Warn(message);
        }

        public void CellsChanged(int at, int length)
        {
            host.MemoryChanged(BusAddress(at), length);
        }

        private void MassErase()
        {
            // 4.9, MER: CR1 and CR2 must be unlocked as well.
            foreach(var bank in banks)
            {
                if(bank.Locked && mutant != FlashMutant.IgnoresLock)
                {
                    return;
                }
            }
            work.MassErase();
            foreach(var bank in banks)
            {
                bank.MassErase();
            }
        }

        /// <returns>the offset without the bank's; `own` keeps it for WPSN, of which each bank has one</returns>
        private int Locate(int register, out int own)
        {
            if(register < 0 || register >= FlashRegister.BlockBytes || register % 4 != 0)
            {
                throw new FlashBusFault(FlashRegister.Block + (uint)register, "no flash register");
            }
            var single = register % FlashRegister.Bank2Offset;
            var perBank = single == FlashRegister.WPSN_CUR || single == FlashRegister.WPSN_PRG;
            own = perBank ? BankOf(register) * FlashRegister.Bank2Offset + single : single;
            return single;
        }

        /// <summary>Bank that a register belongs to: register mappings are exchanged with the banks (4.3.13).</summary>
        private int BankOf(int register)
        {
            return register >= FlashRegister.Bank2Offset != Swapped ? 1 : 0;
        }

        private int ArrayOffset(uint address)
        {
            if(address < FlashGeometry.Start || address - FlashGeometry.Start >= FlashGeometry.FlashBytes)
            {
                throw new FlashBusFault(address, "no flash memory");
            }
            var offset = (int)(address - FlashGeometry.Start);
            return Swapped ? (offset + FlashGeometry.BankBytes) % FlashGeometry.FlashBytes : offset;
        }

        private static uint WordInBank(int at)
        {
            return (uint)(at % FlashGeometry.BankBytes / FlashGeometry.WordBytes);
        }

        private uint acr = Acr.ResetValue;
        /// <summary>A debugger is or was connected: until power is lost (4.5.3).</summary>
        private bool intruded;
        private readonly FlashArray array;
        private readonly FlashBank[] banks;
        private readonly FlashOptions options;
        private readonly FlashOperations work;
        private readonly IFlashHost host;
        private readonly string mutant;

        /// <summary>Neither a key nor the start of one.</summary>
        private const uint NoKey = 0;
    }
}
