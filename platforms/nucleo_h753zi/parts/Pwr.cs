// PWR, RM0433 chapter 6, as far as start-up code and the backup domain need it: voltage scaling is ready at once, DBP opens the RTC for writing.
//
// PWR_CR1: modelled DBP 8; tagged LPDS, PVDE, PLS, FLPS, SVOS, AVDEN, ALS. CSR1: ACTVOSRDY 13, ACTVOS 15:14 (follows VOS). CR2: BREN 0, BRRDY 16; MONEN
// tagged. CR3, CPUCR, WKUPCR, WKUPFR, WKUPEPR: tagged. D3CR: VOS 15:14, VOSRDY 13. Tagged bits are stored, without effect. Left out: low-power modes,
// voltage monitors; that DBP also guards backup SRAM.

using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class Pwr : IDoubleWordPeripheral, IKnownSize
    {
        public Pwr()
        {
            registers = new uint[LastRegister / 4];
            Reset();
        }

        public void Reset()
        {
            for(var index = 0; index < registers.Length; index++)
            {
                registers[index] = 0;
            }
            registers[Cr1 / 4] = 0xF000C000;
            registers[Cr3 / 4] = 0x00000006;
            registers[D3cr / 4] = 0x00004000;
        }

        /// <summary>DBP: the backup domain can be written.</summary>
        public bool BackupWritable => (registers[Cr1 / 4] & Dbp) != 0;

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case Csr1:
                return (registers[D3cr / 4] & Vos) | Ready;
            case D3cr:
                return registers[D3cr / 4] | Ready;
            case Cr2:
                return registers[Cr2 / 4] | ((registers[Cr2 / 4] & Bren) != 0 ? Brrdy : 0);
            default:
                return offset < LastRegister ? registers[offset / 4] : 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case D3cr:
                registers[D3cr / 4] = value & Vos;
                break;
            case Csr1:
                this.Log(LogLevel.Warning, "PWR_CSR1 is read-only: write of 0x{0:X8} dropped", value);
                break;
            case Cr2:
                registers[Cr2 / 4] = value & (Bren | Monen);
                break;
            default:
                if(offset >= LastRegister)
                {
                    this.Log(LogLevel.Warning, "write of 0x{0:X8} to reserved register 0x{1:X} dropped", value, offset);
                    break;
                }
                registers[offset / 4] = value;
                break;
            }
        }

        public long Size => 0x400;

        private readonly uint[] registers;

        private const long Cr1 = 0x00;
        private const long Csr1 = 0x04;
        private const long Cr2 = 0x08;
        private const long Cr3 = 0x0C;
        private const long D3cr = 0x18;
        private const long LastRegister = 0x2C;
        private const uint Dbp = 1u << 8;
        private const uint Bren = 1u << 0;
        private const uint Monen = 1u << 4;
        private const uint Brrdy = 1u << 16;
        private const uint Ready = 1u << 13;
        private const uint Vos = 3u << 14;
    }
}
