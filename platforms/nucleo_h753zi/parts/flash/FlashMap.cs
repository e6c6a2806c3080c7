// Registers and geometry of the STM32H753's embedded flash interface, RM0433 Rev 8 section 4.9: offsets in the block at 0x52002000.
//
// The same names and values as platforms/native_sim/flash/registers.ts, which this model is held against by the shared table of cases. Bank 2's copies
// of the per-bank registers lie 0x100 higher; the others exist once and answer at both places. Bits that are not listed are reserved: they read as zero
// (OPTSR: as the factory's parts read) and writes to them are dropped.

using System;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public static class FlashRegister
    {
        public const int ACR = 0x00;
        public const int KEYR = 0x04;
        public const int OPTKEYR = 0x08;
        public const int CR = 0x0C;
        public const int SR = 0x10;
        public const int CCR = 0x14;
        public const int OPTCR = 0x18;
        public const int OPTSR_CUR = 0x1C;
        public const int OPTSR_PRG = 0x20;
        public const int OPTCCR = 0x24;
        public const int PRAR_CUR = 0x28;
        public const int PRAR_PRG = 0x2C;
        public const int SCAR_CUR = 0x30;
        public const int SCAR_PRG = 0x34;
        public const int WPSN_CUR = 0x38;
        public const int WPSN_PRG = 0x3C;
        public const int BOOT_CUR = 0x40;
        public const int BOOT_PRG = 0x44;
        public const int CRCCR = 0x50;
        public const int CRCSADD = 0x54;
        public const int CRCEADD = 0x58;
        public const int CRCDATA = 0x5C;
        public const int ECC_FA = 0x60;

        public const int Bank2Offset = 0x100;
        public const int BlockBytes = 0x200;
        public const uint Block = 0x52002000;

        /// <summary>Registers that each bank has of its own (4.3.13).</summary>
        public static bool IsBanked(int single)
        {
            return Array.IndexOf(Banked, single) >= 0;
        }

        /// <summary>What tagged registers read as: no protected area, no secure area, CRC unit idle.</summary>
        public static uint TaggedValue(int single)
        {
            switch(single)
            {
            case PRAR_CUR:
            case PRAR_PRG:
            case SCAR_CUR:
            case SCAR_PRG:
                return 0x000000FF;
            case CRCCR:
                return 0x001C0000;
            default:
                return 0;
            }
        }

        private static readonly int[] Banked =
        {
            KEYR, CR, SR, CCR, PRAR_CUR, PRAR_PRG, SCAR_CUR, SCAR_PRG, WPSN_CUR, WPSN_PRG, CRCCR, CRCSADD, CRCEADD, ECC_FA,
        };
    }

    /// <summary>FLASH_ACR (4.9.1): LATENCY 3:0, WRHIGHFREQ 5:4; tagged: stored, without effect.</summary>
    public static class Acr
    {
        public const uint Mask = 0x3F;
        public const uint ResetValue = 0x37;
    }

    /// <summary>FLASH_CR (4.9.4). CRC_EN and the interrupt enables are tagged: stored, without effect.</summary>
    public static class Cr
    {
        public const uint LOCK = 1u << 0;
        public const uint PG = 1u << 1;
        public const uint SER = 1u << 2;
        public const uint BER = 1u << 3;
        public const uint PSIZE = 3u << 4;
        public const int PSIZE_SHIFT = 4;
        public const uint FW = 1u << 6;
        public const uint START = 1u << 7;
        public const uint SNB = 7u << 8;
        public const int SNB_SHIFT = 8;
        public const uint CRC_EN = 1u << 15;
        public const uint InterruptEnables = 0x1FEF0000;
        public const uint Stored = PG | SER | BER | PSIZE | SNB | CRC_EN | InterruptEnables;
        /// <summary>PSIZE x64; LOCK is kept by the key lock.</summary>
        public const uint ResetValue = 0x30;
    }

    /// <summary>FLASH_SR (4.9.5). CRC_BUSY 3, RDSERR 24, CRCEND 27 and CRCRDERR 28 are tagged: never set.</summary>
    public static class Sr
    {
        public const uint BSY = 1u << 0;
        public const uint WBNE = 1u << 1;
        public const uint QW = 1u << 2;
        public const uint EOP = 1u << 16;
        public const uint WRPERR = 1u << 17;
        public const uint PGSERR = 1u << 18;
        public const uint STRBERR = 1u << 19;
        public const uint INCERR = 1u << 21;
        public const uint OPERR = 1u << 22;
        public const uint RDPERR = 1u << 23;
        public const uint SNECCERR = 1u << 25;
        public const uint DBECCERR = 1u << 26;
        /// <summary>FLASH_CCR clears the flags of the same places (4.9.6).</summary>
        public const uint Clearable = 0x1FEF0000;
    }

    /// <summary>FLASH_OPTCR (4.9.7).</summary>
    public static class Optcr
    {
        public const uint OPTLOCK = 1u << 0;
        public const uint OPTSTART = 1u << 1;
        public const uint MER = 1u << 4;
        public const uint OPTCHANGEERRIE = 1u << 30;
        public const uint SWAP_BANK = 1u << 31;
        public const uint Address = FlashRegister.Block + FlashRegister.OPTCR;
    }

    /// <summary>FLASH_OPTSR (4.9.8). NRST_STOP_D1 6, NRST_STBY_D1 7, FZ_IWDG 18:17, ST_RAM_SIZE 20:19, SECURITY 21 and IO_HSLV 29 are tagged.</summary>
    public static class Optsr
    {
        public const uint OPT_BUSY = 1u << 0;
        public const uint IWDG1_SW = 1u << 4;
        public const int RDP_SHIFT = 8;
        public const uint RDP = 0xFFu << 8;
        public const uint OPTCHANGEERR = 1u << 30;
        public const uint SWAP_BANK_OPT = 1u << 31;
        /// <summary>What a change can set: BOR_LEV, IWDG1_SW, RDP, SWAP_BANK_OPT and the tagged options.</summary>
        public const uint Options = 0xA03EFFDC;
        /// <summary>Reserved bits as parts of this die read them (factory value 0x1BC6AAF0).</summary>
        public const uint Reserved = 0x1BC00020;
        public const uint Factory = 0x0006AAD0;
    }

    /// <summary>Read protection (4.5.3): any other byte means level 1.</summary>
    public static class Rdp
    {
        public const uint Level0 = 0xAA;
        public const uint Level2 = 0xCC;
    }

    public static class FlashGeometry
    {
        public const uint Start = 0x08000000;
        public const int BankBytes = 0x100000;
        public const int FlashBytes = 2 * BankBytes;
        public const int SectorBytes = 0x20000;
        public const int SectorsPerBank = 8;
        /// <summary>A flash word: 256 bits, and 10 of ECC that programming twice would break (4.3.9).</summary>
        public const int WordBytes = 32;
        public const uint FactoryWpsn = 0xFF;
        /// <summary>BOOT_CM7_ADD0 0x0800 in the low half, BOOT_CM7_ADD1 0x1FF0 (system memory) in the high one (4.4.7).</summary>
        public const uint FactoryBoot = 0x1FF00800;
    }

    /// <summary>Typical durations of DS12117 by FLASH_CR.PSIZE (8, 16, 32, 64 bits), virtual ns; an option change is an assumption (100 ms).</summary>
    public static class FlashTiming
    {
        public const ulong OptionChangeNs = 100000000;

        public static ulong ProgramNs(uint psize)
        {
            return ProgramWord[psize & 3];
        }

        public static ulong EraseSectorNs(uint psize)
        {
            return EraseSector[psize & 3];
        }

        public static ulong EraseBankNs(uint psize)
        {
            return EraseBank[psize & 3];
        }

        private static readonly ulong[] ProgramWord = { 290000, 180000, 130000, 100000 };
        private static readonly ulong[] EraseSector = { 2000000000, 1800000000, 1100000000, 1000000000 };
        private static readonly ulong[] EraseBank = { 13000000000, 8000000000, 6000000000, 5000000000 };
    }

    /// <summary>The access was answered with an error; on the Cortex-M7 a BusFault.</summary>
    public class FlashBusFault : Exception
    {
        public FlashBusFault(uint address, string why) : base($"bus error at 0x{address:x}: {why}")
        {
            Address = address;
        }

        public uint Address { get; }
    }

    /// <summary>The supply went at a flash operation: the core stops, the interface answers nothing until power comes back.</summary>
    public class FlashPowerCut : Exception
    {
        public FlashPowerCut(int operation, string mode) : base($"power cut {mode} operation {operation}")
        {
            Operation = operation;
            Mode = mode;
        }

        public int Operation { get; }

        public string Mode { get; }
    }

    /// <summary>Named defects, as native_sim's (platforms/native_sim/flash/mutants.ts), for negative controls.</summary>
    public static class FlashMutant
    {
        public const string None = "";
        public const string IgnoresWrp = "ignores-wrp";
        public const string IgnoresLock = "ignores-lock";
        public const string IgnoresOptionLock = "ignores-option-lock";
        public const string SwapDoesNothing = "swap-does-nothing";
        public const string DoubleProgramAllowed = "double-program-allowed";
        public const string RdpIgnored = "rdp-ignored";
        public const string TornWordReadsOld = "torn-word-reads-old";

        public static readonly string[] All =
        {
            None, IgnoresWrp, IgnoresLock, IgnoresOptionLock, SwapDoesNothing, DoubleProgramAllowed, RdpIgnored, TornWordReadsOld,
        };
    }
}
