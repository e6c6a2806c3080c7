// IWDG1, the independent watchdog, RM0433 chapter 45: down-counter on the 32 kHz LSI behind a prescaler, which resets the chip when it reaches zero. Started
// by the key 0xCCCC, or by the hardware at reset where the option bit IWDG1_SW is clear (4.4.5); nothing stops it but a debugger that holds the core.
//
// Modelled: IWDG_KR, PR, RLR, SR (always ready), WINR with a reload above the window. Left out: the five LSI cycles that updates take.

using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class Iwdg : IDoubleWordPeripheral, IKnownSize
    {
        public Iwdg(IMachine machine, ResetCause cause, Stm32h753Flash flash)
        {
            this.machine = machine;
            this.cause = cause;
            this.flash = flash;
            counter = new LimitTimer(machine.ClockSource, LsiHz, this, "counter", Largest, Direction.Descending, false, WorkMode.OneShot, true, true, 4);
            counter.LimitReached += Bite;
            Reset();
        }

        public void Reset()
        {
            counter.Enabled = false;
            prescaler = 0;
            reload = Largest;
            window = Largest;
            unlocked = false;
            Running = false;
            if(flash.HardwareWatchdog)
            {
                Start();
            }
        }

        /// <summary>A debugger holds the core (DBGMCU): the counter stands.</summary>
        public bool Frozen
        {
            get => frozen;
            set
            {
                frozen = value;
                counter.Enabled = Running && !frozen;
            }
        }

        public bool Running { get; private set; }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case Kr:
                return 0;
            case Pr:
                return prescaler;
            case Rlr:
                return reload;
            case Sr:
                return 0;
            case Winr:
                return window;
            default:
                this.Log(LogLevel.Warning, "read of reserved register 0x{0:X}", offset);
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            if(offset == Kr)
            {
                Key(value & 0xFFFF);
                return;
            }
            if(!unlocked || (offset != Pr && offset != Rlr && offset != Winr))
            {
                this.Log(LogLevel.Warning, "write of 0x{0:X} to 0x{1:X} without the key 0x5555, or read-only: dropped", value, offset);
                return;
            }
            switch(offset)
            {
            case Pr:
                prescaler = value & 7;
                break;
            case Rlr:
                reload = value & Largest;
                break;
            case Winr:
                window = value & Largest;
                Load(); // 45.4.5: a write to the window register reloads, too
                break;
            }
        }

        public long Size => 0x400;

        private void Key(uint key)
        {
            unlocked = false;
            switch(key)
            {
            case 0xAAAA:
                if(Running && window != Largest && counter.Value > window)
                {
                    this.Log(LogLevel.Warning, "reloaded above the window");
                    Bite();
                    return;
                }
                Load();
                break;
            case 0x5555:
                unlocked = true;
                break;
            case 0xCCCC:
                Start();
                break;
            default:
                this.Log(LogLevel.Warning, "IWDG_KR: unknown key 0x{0:X4}", key);
                break;
            }
        }

        private void Start()
        {
            Running = true;
            Load();
        }

        private void Load()
        {
            counter.Divider = 4ul << (int)Math.Min(prescaler, 6);
            counter.Limit = reload + 1;
            counter.ResetValue();
            counter.Enabled = Running && !frozen;
        }

        private void Bite()
        {
            if(flash.PowerLost)
            {
                return;
            }
            this.Log(LogLevel.Info, "the watchdog resets the chip");
            cause.Announce("watchdog");
            machine.RequestReset();
        }

        private uint prescaler;
        private uint reload;
        private uint window;
        private bool unlocked;
        private bool frozen;
        private readonly LimitTimer counter;
        private readonly Stm32h753Flash flash;
        private readonly ResetCause cause;
        private readonly IMachine machine;

        private const long Kr = 0x0;
        private const long Pr = 0x4;
        private const long Rlr = 0x8;
        private const long Sr = 0xC;
        private const long Winr = 0x10;
        private const uint Largest = 0xFFF;
        private const int LsiHz = 32000;
    }
}
