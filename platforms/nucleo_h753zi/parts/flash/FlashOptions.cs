// Option bytes, RM0433 4.4: OPTSR, write protection, boot addresses; how they are unlocked and changed, and what the read protection level does to that.
//
// A change is written to the _PRG registers and started by OPTSTART (4.4.3); it takes effect when it is over, and until then every register write waits.
// Levels (4.5.3): 0 to 1 and to 2 freely; 1 to 0 erases both banks; at level 2 nothing can be changed any more but SWAP_BANK_OPT: not WRP (4.5.2), not
// the boot addresses, not RDP. PCROP and secure areas (PRAR, SCAR), SECURITY, ST_RAM_SIZE and the low-power bits are tagged: without effect.

using System;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public struct OptionBytes : IEquatable<OptionBytes>
    {
        public uint Optsr;
        /// <summary>WRPSn of bank 1 and 2: a cleared bit protects its sector.</summary>
        public uint Wpsn1;
        public uint Wpsn2;
        public uint Boot;

        public uint Wpsn(int bank)
        {
            return bank == 0 ? Wpsn1 : Wpsn2;
        }

        public uint RdpByte => (Optsr & Proofboard.Optsr.RDP) >> Proofboard.Optsr.RDP_SHIFT;

        public bool Equals(OptionBytes other)
        {
            return Optsr == other.Optsr && Wpsn1 == other.Wpsn1 && Wpsn2 == other.Wpsn2 && Boot == other.Boot;
        }

        /// <summary>As native_sim's trace has it.</summary>
        public override string ToString()
        {
            return $"{{\"optsr\":{Optsr},\"wpsn\":[{Wpsn1},{Wpsn2}],\"boot\":{Boot}}}";
        }
    }

    public interface IOptionsHost
    {
        ulong NowNs { get; }

        /// <summary>Counts the change as an operation. Throws FlashPowerCut.</summary>
        void BeginOptions(OptionBytes after, bool regression, ulong durationNs);

        /// <summary>Level 1 to 0: both banks, backup SRAM and RTC backup registers are erased (4.5.3).</summary>
        void Regress();

        void TearAll();

        void OptionsChanged(OptionBytes after);

        void Warn(string message);
    }

    public class FlashOptions
    {
        public FlashOptions(IOptionsHost host, string mutant)
        {
            this.host = host;
            ignoresLock = mutant == FlashMutant.IgnoresOptionLock;
            ignoresRdp = mutant == FlashMutant.RdpIgnored;
            keys = new KeyLock(0x08192A3B, 0x4C5D6E7F, ignoresLock);
            current = new OptionBytes
            {
                Optsr = Optsr.Factory,
                Wpsn1 = FlashGeometry.FactoryWpsn,
                Wpsn2 = FlashGeometry.FactoryWpsn,
                Boot = FlashGeometry.FactoryBoot,
            };
            next = current;
        }

        public OptionBytes Current => current;

        public int RdpLevel
        {
            get
            {
                if(current.RdpByte == Rdp.Level0 || ignoresRdp)
                {
                    return 0;
                }
                return current.RdpByte == Rdp.Level2 ? 2 : 1;
            }
        }

        public bool SwapOption => (current.Optsr & Optsr.SWAP_BANK_OPT) != 0;

        public ulong BusyUntilNs => pending ? pendingEndNs : 0;

        public bool Busy
        {
            get
            {
                Settle();
                return pending;
            }
        }

        /// <summary>What is being changed is not (4.3.14); registers are locked and loaded.</summary>
        public void Reset()
        {
            Settle();
            if(pending && pendingRegression)
            {
                host.TearAll();
            }
            Drop();
            keys.Reset();
            next = current;
        }

        /// <summary>Becomes another board's, without power.</summary>
        public void Load(OptionBytes bytes)
        {
            current = bytes;
            next = bytes;
            keys.Reset();
            Drop();
        }

        /// <summary>The supply is gone: nothing runs on.</summary>
        public void Drop()
        {
            pending = false;
            error = false;
            interrupt = false;
        }

        public void Settle()
        {
            if(pending && pendingEndNs <= host.NowNs)
            {
                Finish(pendingAfter, pendingRegression);
            }
        }

        /// <summary>Registers that exist once, and WPSN. False: not one of these.</summary>
        public bool TryRead(int register, out uint value)
        {
            value = 0;
            var busy = Busy;
            switch(register)
            {
            case FlashRegister.OPTKEYR:
            case FlashRegister.OPTCCR:
                return true;
            case FlashRegister.OPTCR:
                value = (keys.Locked ? Optcr.OPTLOCK : 0) | (interrupt ? Optcr.OPTCHANGEERRIE : 0);
                return true;
            case FlashRegister.OPTSR_CUR:
                value = current.Optsr | Optsr.Reserved | (busy ? Optsr.OPT_BUSY : 0) | (error ? Optsr.OPTCHANGEERR : 0);
                return true;
            case FlashRegister.OPTSR_PRG:
                value = next.Optsr | Optsr.Reserved;
                return true;
            case FlashRegister.BOOT_CUR:
                value = current.Boot;
                return true;
            case FlashRegister.BOOT_PRG:
                value = next.Boot;
                return true;
            case FlashRegister.WPSN_CUR:
                value = current.Wpsn1;
                return true;
            case FlashRegister.WPSN_PRG:
                value = next.Wpsn1;
                return true;
            case FlashRegister.WPSN_CUR + FlashRegister.Bank2Offset:
                value = current.Wpsn2;
                return true;
            case FlashRegister.WPSN_PRG + FlashRegister.Bank2Offset:
                value = next.Wpsn2;
                return true;
            default:
                return false;
            }
        }

        /// <returns>whether the register is one of these</returns>
        public bool Write(int register, uint value, uint address)
        {
            var staged = next;
            switch(register)
            {
            case FlashRegister.OPTKEYR:
                if(!keys.Key(value))
                {
                    throw new FlashBusFault(address, "wrong key in FLASH_OPTKEYR: options locked until reset");
                }
                return true;
            case FlashRegister.OPTCR:
                WriteControl(value);
                return true;
            case FlashRegister.OPTCCR:
                error &= (value & Optsr.OPTCHANGEERR) == 0;
                return true;
            case FlashRegister.OPTSR_PRG:
                staged.Optsr = value & Optsr.Options;
                return Stage(staged);
            case FlashRegister.BOOT_PRG:
                staged.Boot = value;
                return Stage(staged);
            case FlashRegister.WPSN_PRG:
                staged.Wpsn1 = value & 0xFF;
                return Stage(staged);
            case FlashRegister.WPSN_PRG + FlashRegister.Bank2Offset:
                staged.Wpsn2 = value & 0xFF;
                return Stage(staged);
            case FlashRegister.OPTSR_CUR:
            case FlashRegister.BOOT_CUR:
            case FlashRegister.WPSN_CUR:
            case FlashRegister.WPSN_CUR + FlashRegister.Bank2Offset:
                host.Warn($"option register 0x{register:X} is read-only: write of 0x{value:X8} dropped");
                return true;
            default:
                return false;
            }
        }

        /// <summary>A write to another register than OPTKEYR (4.5.1).</summary>
        public void OtherRegister(uint address)
        {
            if(!keys.OtherRegister())
            {
                throw new FlashBusFault(address, "written between the keys of FLASH_OPTKEYR");
            }
        }

        /// <summary>MER asks for OPTCR to be unlocked (4.9).</summary>
        public bool AllowsMassErase(uint value)
        {
            return (value & Optcr.MER) != 0 && Writable;
        }

        /// <summary>
        /// Whether an erase of the bank removes its write protection with it: WRPSn staged as all ones, and nothing else staged (4.3.10). At level 2 WRP
        /// cannot be changed (4.5.2).
        /// </summary>
        /// <param name="bothBanks">the other bank's may be staged, too</param>
        public bool RemovesProtection(int bank, bool bothBanks)
        {
            var other = 1 - bank;
            var otherFits = next.Wpsn(other) == current.Wpsn(other) || (bothBanks && next.Wpsn(other) == 0xFF);
            return RdpLevel != 2 && next.Wpsn(bank) == 0xFF && current.Wpsn(bank) != 0xFF && otherFits && next.Optsr == current.Optsr
                && next.Boot == current.Boot;
        }

        public void RemoveProtection(int bank)
        {
            if(bank == 0)
            {
                current.Wpsn1 = 0xFF;
            }
            else
            {
                current.Wpsn2 = 0xFF;
            }
            host.OptionsChanged(current);
        }

        /// <summary>Behind the interface's back. False: the register holds no option.</summary>
        public bool Poke(int register, uint value)
        {
            switch(register)
            {
            case FlashRegister.OPTSR_CUR:
                current.Optsr = value & Optsr.Options;
                break;
            case FlashRegister.BOOT_CUR:
                current.Boot = value;
                break;
            case FlashRegister.WPSN_CUR:
                current.Wpsn1 = value & 0xFF;
                break;
            case FlashRegister.WPSN_CUR + FlashRegister.Bank2Offset:
                current.Wpsn2 = value & 0xFF;
                break;
            default:
                return false;
            }
            next = current;
            return true;
        }

        /// <summary>What was asked for takes effect.</summary>
        public void Finish(OptionBytes after, bool regression)
        {
            pending = false;
            if(regression)
            {
                host.Regress();
            }
            current = after;
            next = after;
            host.OptionsChanged(after);
        }

        private bool Writable => !keys.Locked || ignoresLock;

        private bool Stage(OptionBytes staged)
        {
            if(Writable)
            {
                next = staged;
            }
            else
            {
                host.Warn("options are locked: write dropped");
            }
            return true;
        }

        private void WriteControl(uint value)
        {
            if(!Writable)
            {
                host.Warn($"FLASH_OPTCR is locked: write of 0x{value:X8} dropped");
                return;
            }
            if((value & Optcr.OPTLOCK) != 0)
            {
                keys.Lock(); // the other bits do not change (4.9)
                if(!ignoresLock)
                {
                    return;
                }
            }
            interrupt = (value & Optcr.OPTCHANGEERRIE) != 0;
            if((value & Optcr.OPTSTART) != 0)
            {
                Start();
            }
        }

        private void Start()
        {
            if(current.Equals(next))
            {
                return; // 4.4.3: nothing to program
            }
            var exceptSwap = next;
            exceptSwap.Optsr = (next.Optsr & ~Optsr.SWAP_BANK_OPT) | (current.Optsr & Optsr.SWAP_BANK_OPT);
            if(RdpLevel == 2 && !current.Equals(exceptSwap))
            {
                error = true; // all changes are ignored, _PRG keeps what was asked (4.4.3)
                host.Warn("option change refused at RDP level 2: OPTCHANGEERR");
                return;
            }
            var regression = RdpLevel == 1 && next.RdpByte == Rdp.Level0;
            var durationNs = FlashTiming.OptionChangeNs + (regression ? FlashTiming.EraseBankNs(3) : 0);
            host.BeginOptions(next, regression, durationNs);
            pending = true;
            pendingAfter = next;
            pendingRegression = regression;
            pendingEndNs = host.NowNs + durationNs;
        }

        private OptionBytes current;
        private OptionBytes next;
        private OptionBytes pendingAfter;
        private bool pending;
        private bool pendingRegression;
        private ulong pendingEndNs;
        private bool error;
        private bool interrupt;
        private readonly KeyLock keys;
        private readonly IOptionsHost host;
        private readonly bool ignoresLock;
        private readonly bool ignoresRdp;
    }
}
