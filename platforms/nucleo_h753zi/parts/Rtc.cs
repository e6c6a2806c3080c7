// RTC with its backup registers, RM0433 chapter 46: keeps time and registers over every reset; loses both with the supply unless VBAT is there
// (ResetCause.Battery). Its oscillator may be off by some parts per million. Renode's own forgets the time on each machine reset.
//
// Modelled: TR, DR, SSR with the shadow lock (46.3.8), ISR.INITS 4, RSF 5, INITF 6, INIT 7, PRER (the rate of SSR), WPR, SHIFTR, CR (stored), BKP0R..BKP31R.
// Tagged (stored, without effect): alarms, wake-up timer, time stamps, calibration, tamper. Writes need PWR_CR1.DBP (6.4.5).
// Left out: RCC_BDCR, hour formats but 24 h.

using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class Rtc : IDoubleWordPeripheral, IKnownSize
    {
        public Rtc(IMachine machine, ResetCause cause, Stm32h753Flash flash, Pwr pwr)
        {
            this.machine = machine;
            this.cause = cause;
            this.flash = flash;
            this.pwr = pwr;
            registers = new uint[0x100 / 4];
            Lose();
        }

        public void Reset()
        {
            unlocking = 0;
            shadowHeld = false;
            if(cause.LosesBackup)
            {
                Lose();
            }
        }

        /// <summary>The backup domain has lost everything: year 0, INITS clear.</summary>
        public void Lose()
        {
            Array.Clear(registers, 0, registers.Length);
            registers[Prer / 4] = 0x007F00FF;
            initializing = false;
            SetNs(Epoch2000Ns);
        }

        /// <summary>Sets the time, ms since 1970-01-01T00:00:00Z; from 2001 to 2099 (year 2000 means that it is not set).</summary>
        public void SetMs(long ms)
        {
            var ns = ms * NsPerMs;
            if(ms < 0 || ms > 4102444799999 || ns < Epoch2000Ns)
            {
                throw new RecoverableException($"rtc: expected ms from 946684800000 to 4102444799999, got {ms}");
            }
            SetNs(ns);
        }

        /// <summary>ms since 1970-01-01T00:00:00Z; -1: not set.</summary>
        public long ReadMs()
        {
            return Set ? NowNs / NsPerMs : -1;
        }

        /// <summary>How much too fast the oscillator is, parts per million.</summary>
        public int DriftPpm
        {
            get => ppm;
            set
            {
                SetNs(NowNs);
                ppm = value;
            }
        }

        public uint ReadDoubleWord(long offset)
        {
            Regressed();
            if(flash.Hidden)
            {
                this.Log(LogLevel.Warning, "RTC read under read protection with an intrusion: zero");
                return 0;
            }
            switch(offset)
            {
            case Tr:
                HoldShadow();
                return TimeRegister(At(shadowNs));
            case Dr:
                HoldShadow();
                shadowHeld = false;
                return DateRegister(At(shadowNs));
            case Ssr:
                HoldShadow();
                return (uint)((SynchronousSteps - 1) - shadowNs % NsPerS * SynchronousSteps / NsPerS);
            case Isr:
                return WritableFlags | (Set ? Inits : 0) | Rsf | (initializing ? Initf | Init : 0);
            case Wpr:
            case Shiftr:
                return 0;
            default:
                return offset < LastRegister ? registers[offset / 4] : 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Regressed();
            if(!pwr.BackupWritable)
            {
                this.Log(LogLevel.Warning, "write of 0x{0:X8} to 0x{1:X} while PWR_CR1.DBP is clear: dropped", value, offset);
                return;
            }
            if(offset == Wpr)
            {
                // 46.3.7: 0xCA, then 0x53 unlock; anything else locks.
                unlocking = value == 0xCA ? 1 : value == 0x53 && unlocking == 1 ? 2 : 0;
                return;
            }
            var backup = offset >= Bkp0r && offset < LastRegister;
            if(flash.Hidden || (!backup && unlocking != 2))
            {
                this.Log(LogLevel.Warning, "write of 0x{0:X8} to 0x{1:X} without the keys in RTC_WPR: dropped", value, offset);
                return;
            }
            switch(offset)
            {
            case Tr:
            case Dr:
                WriteCalendar(offset, value);
                break;
            case Isr:
                WriteInit((value & Init) != 0);
                break;
            case Shiftr:
                SetNs(NowNs + ((value & Add1s) != 0 ? NsPerS : 0) - (value & 0x7FFF) * NsPerS / SynchronousSteps);
                break;
            case Prer:
                if(initializing)
                {
                    registers[Prer / 4] = value & 0x007F7FFF;
                }
                break;
            case Ssr:
                this.Log(LogLevel.Warning, "RTC_SSR is read-only");
                break;
            default:
                if(offset < LastRegister)
                {
                    registers[offset / 4] = value;
                }
                break;
            }
        }

        public long Size => 0x400;

        private void WriteCalendar(long offset, uint value)
        {
            if(!initializing)
            {
                this.Log(LogLevel.Warning, "calendar written outside of initialization mode: dropped");
                return;
            }
            registers[offset / 4] = value;
        }

        private void WriteInit(bool init)
        {
            if(init && !initializing)
            {
                var now = At(NowNs);
                registers[Tr / 4] = TimeRegister(now);
                registers[Dr / 4] = DateRegister(now);
            }
            if(!init && initializing)
            {
                StartFromCalendar();
            }
            initializing = init;
        }

        private void StartFromCalendar()
        {
            var time = registers[Tr / 4];
            var date = registers[Dr / 4];
            try
            {
                var moment = new DateTime(
                    2000 + Decimal(date >> 16, 8), Decimal(date >> 8, 5), Decimal(date, 6), Decimal(time >> 16, 6), Decimal(time >> 8, 7), Decimal(time, 7), DateTimeKind.Utc);
                SetNs((moment - DateTime.UnixEpoch).Ticks * 100);
            }
            catch(ArgumentOutOfRangeException)
            {
                this.Log(LogLevel.Warning, "RTC_TR 0x{0:X8}, RTC_DR 0x{1:X8} are no time: left as it was", time, date);
            }
        }

        /// <summary>Reading SSR or TR holds the values of the other two until DR is read (46.3.8).</summary>
        private void HoldShadow()
        {
            if(!shadowHeld)
            {
                shadowNs = NowNs;
                shadowHeld = true;
            }
        }

        /// <summary>RDP level 1 to 0 erased the backup registers (4.5.3).</summary>
        private void Regressed()
        {
            if(flash.Regressions != regressions)
            {
                regressions = flash.Regressions;
                Array.Clear(registers, (int)Bkp0r / 4, 32);
            }
        }

        private bool Set => At(NowNs).Year > 2000;

        private long SynchronousSteps => (registers[Prer / 4] & 0x7FFF) + 1;

        private long NowNs
        {
            get
            {
                var passed = (long)VirtualNs - baseVirtualNs;
                return baseNs + passed + (long)((decimal)passed * ppm / 1000000);
            }
        }

        private void SetNs(long ns)
        {
            baseNs = ns;
            baseVirtualNs = (long)VirtualNs;
            shadowHeld = false;
        }

        private ulong VirtualNs
        {
            get
            {
                if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
                {
                    cpu.SyncTime();
                }
                return machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds;
            }
        }

        private static DateTime At(long ns)
        {
            return DateTime.UnixEpoch.AddTicks(ns / 100);
        }

        private static uint TimeRegister(DateTime time)
        {
            return Bcd(time.Hour) << 16 | Bcd(time.Minute) << 8 | Bcd(time.Second);
        }

        private static uint DateRegister(DateTime time)
        {
            var weekDay = time.DayOfWeek == DayOfWeek.Sunday ? 7u : (uint)time.DayOfWeek;
            return Bcd(time.Year % 100) << 16 | weekDay << 13 | Bcd(time.Month) << 8 | Bcd(time.Day);
        }

        private static uint Bcd(int value)
        {
            return (uint)(value / 10 << 4 | value % 10);
        }

        private static int Decimal(uint bcd, int bits)
        {
            var masked = bcd & ((1u << bits) - 1);
            return (int)(masked >> 4) * 10 + (int)(masked & 0xF);
        }

        private int unlocking;
        private bool initializing;
        private bool shadowHeld;
        private long shadowNs;
        private long baseNs;
        private long baseVirtualNs;
        private int ppm;
        private int regressions;
        private readonly uint[] registers;
        private readonly Stm32h753Flash flash;
        private readonly ResetCause cause;
        private readonly Pwr pwr;
        private readonly IMachine machine;

        private const long Tr = 0x00;
        private const long Dr = 0x04;
        private const long Isr = 0x0C;
        private const long Prer = 0x10;
        private const long Wpr = 0x24;
        private const long Ssr = 0x28;
        private const long Shiftr = 0x2C;
        private const long Bkp0r = 0x50;
        private const long LastRegister = 0xD0;
        /// <summary>ALRAWF, ALRBWF, WUTWF: always writable.</summary>
        private const uint WritableFlags = 0x7;
        private const uint Inits = 1u << 4;
        private const uint Rsf = 1u << 5;
        private const uint Initf = 1u << 6;
        private const uint Init = 1u << 7;
        private const uint Add1s = 1u << 31;
        private const long NsPerS = 1000000000;
        private const long NsPerMs = 1000000;
        private const long Epoch2000Ns = 946684800 * NsPerS;
    }
}
