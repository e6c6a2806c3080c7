// RCC_RSR (RM0433 8.7.39): which resets there were since the flags were cleared by RMVF, and what a reset does to supplies.
//
// Renode tells a peripheral that there was a reset, not why: whoever causes one announces it before (`cause Announce "pin"`; the watchdog does so
// itself); without announcement it was the core's SYSRESETREQ. Other parts ask here whether the supply went. With it go all memories; the backup domain
// (RTC, backup SRAM) only where there is no battery on VBAT. The rest of the RCC is Renode's, registered around this word.
//
// RCC_RSR: modelled RMVF 16, CPURSTF 17, D1RSTF 19, D2RSTF 20, BORRSTF 21, PINRSTF 22, PORRSTF 23, SFTRSTF 24, IWDG1RSTF 26;
// tagged WWDG1RSTF 28, LPWRRSTF 30 (never set); the others reserved.

using System;
using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class ResetCause : IDoubleWordPeripheral, IKnownSize, IHasOwnLife
    {
        public ResetCause(IMachine machine, MappedMemory backupSram)
        {
            this.machine = machine;
            this.backupSram = backupSram;
            flags = Flags["power-on"];
        }

        /// <summary>What the next reset is: power-on, pin, watchdog, software or brown-out.</summary>
        public void Announce(string kind)
        {
            if(!Flags.ContainsKey(kind))
            {
                throw new RecoverableException($"reset cause: expected one of {string.Join(", ", Flags.Keys)}, got {kind}");
            }
            announced = kind;
            taken = false;
        }

        public void Reset()
        {
            Kind = announced ?? "software";
            taken = true;
            if(!LosesPower)
            {
                flags |= Flags[Kind];
                return;
            }
            flags = Kind == "power-on" ? Flags[Kind] : flags | Flags[Kind];
            foreach(var memory in machine.GetPeripheralsOfType<MappedMemory>())
            {
                if(memory != backupSram || LosesBackup)
                {
                    memory.ZeroAll();
                }
            }
        }

        /// <summary>After this the announcement has been heard by all parts.</summary>
        public void Start()
        {
            Resume();
        }

        public void Resume()
        {
            IsPaused = false;
            if(taken)
            {
                announced = null;
                taken = false;
            }
        }

        public void Pause()
        {
            IsPaused = true;
        }

        public uint ReadDoubleWord(long offset)
        {
            return flags;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            if((value & Rmvf) != 0)
            {
                flags = 0;
            }
            if((value & ~Rmvf) != 0)
            {
                this.Log(LogLevel.Warning, "RCC_RSR: all but RMVF is read-only, got 0x{0:X8}", value);
            }
        }

        /// <summary>Whether the reset that goes on takes the supply: to be asked from within Reset.</summary>
        public bool LosesPower => (announced ?? "software") == "power-on" || announced == "brown-out";

        /// <summary>Whether the backup domain is lost as well: a brown-out leaves it what it needs, and so does a battery.</summary>
        public bool LosesBackup => IsPowerOn && !Battery;

        /// <summary>Whether the supply was gone altogether: to be asked from within Reset.</summary>
        public bool IsPowerOn => announced == "power-on";

        /// <summary>The last reset.</summary>
        public string Kind { get; private set; } = "power-on";

        /// <summary>A battery on VBAT keeps the backup domain.</summary>
        public bool Battery { get; set; } = true;

        public bool IsPaused { get; private set; } = true;

        public long Size => 4;

        private uint flags;
        private string announced;
        private bool taken;
        private readonly MappedMemory backupSram;
        private readonly IMachine machine;

        private const uint Rmvf = 1u << 16;
        private const uint Cpu = 1u << 17;
        private const uint D1 = 1u << 19;
        private const uint D2 = 1u << 20;
        private const uint Bor = 1u << 21;
        private const uint Pin = 1u << 22;

        /// <summary>Internal sources pull NRST as well (RM0433 8.4.2, table of reset sources).</summary>
        private static readonly Dictionary<string, uint> Flags = new Dictionary<string, uint>
        {
            { "power-on", 1u << 23 | Pin | Bor | D2 | D1 | Cpu },
            { "pin", Pin | Cpu },
            { "watchdog", 1u << 26 | Pin | Cpu },
            { "software", 1u << 24 | Pin | Cpu },
            { "brown-out", Bor | Pin | Cpu },
        };
    }
}
