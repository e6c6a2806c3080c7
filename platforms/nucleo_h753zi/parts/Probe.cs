// A debug probe on SWD, and the bench supply: resets, halts, and accesses through the debug port. Not a part of the chip; its window on the bus is empty.
//
// Whether the port answers, and what it may reach, is the flash interface's to say (RDP levels, RM0433 4.5.3): flash memory and registers are accessed
// through it; under an intrusion at level 1 backup SRAM and RTC are out of reach as flash is. Left out: core registers, breakpoints.

using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class Probe : IDoubleWordPeripheral, IKnownSize
    {
        public Probe(IMachine machine, CortexM cpu, Stm32h753Flash flash, ResetCause cause, Iwdg watchdog)
        {
            this.machine = machine;
            this.cpu = cpu;
            this.flash = flash;
            this.cause = cause;
            this.watchdog = watchdog;
        }

        public void Reset()
        {
        }

        /// <summary>Resets the machine for this reason; halted: the core does not take its first instruction, and the watchdog stands meanwhile.</summary>
        public void ResetMachine(string kind, bool halted)
        {
            cause.Announce(kind);
            machine.Reset();
            watchdog.Frozen = halted;
            flash.HoldCore();
            if(!halted)
            {
                flash.WakeCore();
            }
        }

        /// <summary>The supply goes; the core stops where it is, and what the flash does is torn.</summary>
        public void PowerOff()
        {
            flash.PowerOff();
        }

        /// <summary>Lets a halted core go.</summary>
        public void Resume()
        {
            watchdog.Frozen = false;
            flash.WakeCore();
        }

        /// <summary>
        /// Accesses separated by `;`, answered by one line each, `ok [hex]`, `fault`, `power-loss` or, by a port that is closed, `debug`:
        /// `r32 ADDRESS`, `w32 ADDRESS VALUE`, `r ADDRESS LENGTH`, `w ADDRESS HEX`. Numbers are decimal.
        /// </summary>
        public string Access(string accesses)
        {
            var answers = new StringBuilder();
            foreach(var access in accesses.Split(';'))
            {
                answers.Append(One(access.Split(' '))).Append('\n');
            }
            return LongText.Of(answers.ToString());
        }

        /// <summary>The accesses of a file, as many as a command line cannot hold.</summary>
        public string AccessFile(string path)
        {
            return Access(System.IO.File.ReadAllText(path));
        }

        public uint ReadDoubleWord(long offset)
        {
            this.Log(LogLevel.Warning, "read: nothing is here on the chip");
            return 0;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            this.Log(LogLevel.Warning, "write: nothing is here on the chip");
        }

        public long Size => 0x10;

        private string One(string[] access)
        {
            if(access.Length < 2 || access.Length > 3)
            {
                throw new RecoverableException($"probe: expected an access, got {string.Join(" ", access)}");
            }
            if(flash.RdpLevel == 2)
            {
                return "debug"; // the port is closed from the moment the level is reached (4.5.3)
            }
            var address = uint.Parse(access[1], CultureInfo.InvariantCulture);
            switch(access[0])
            {
            case "r32":
                return address % 4 != 0 ? "fault" : InFlash(address, 4) ? flash.TryRead(address, 4)
                    : InRegisters(address) ? Swap(flash.TryReadRegister((int)(address - FlashRegister.Block)))
                    : Other(address, 4, () => FlashArray.Hex(machine.SystemBus.ReadBytes(address, 4)));
            case "r":
            {
                var length = int.Parse(access[2], CultureInfo.InvariantCulture);
                return InFlash(address, length) ? flash.TryRead(address, length) : Other(address, length, () => FlashArray.Hex(machine.SystemBus.ReadBytes(address, length)));
            }
            case "w32":
            {
                var value = uint.Parse(access[2], CultureInfo.InvariantCulture);
                return address % 4 != 0 ? "fault" : InFlash(address, 4) ? flash.TryWrite(address, FlashArray.Hex(BitConverter.GetBytes(value)))
                    : InRegisters(address) ? flash.TryWriteRegister((int)(address - FlashRegister.Block), value, 4)
                    : Other(address, 4, () =>
                    {
                        machine.SystemBus.WriteDoubleWord(address, value);
                        return "";
                    });
            }
            case "w":
            {
                var bytes = Enumerable.Range(0, access[2].Length / 2).Select(index => Convert.ToByte(access[2].Substring(2 * index, 2), 16)).ToArray();
                return InFlash(address, bytes.Length) ? flash.TryWrite(address, access[2]) : Other(address, bytes.Length, () =>
                {
                    machine.SystemBus.WriteBytes(bytes, address);
                    return "";
                });
            }
            default:
                throw new RecoverableException($"probe: expected r32, w32, r or w, got {access[0]}");
            }
        }

        private string Other(uint address, int length, Func<string> access)
        {
            var hidden = flash.Hidden && (Within(address, BackupSram, 0x1000) || Within(address, Rtc, 0x400));
            if(hidden || length < 1 || machine.SystemBus.WhatIsAt(address) == null || machine.SystemBus.WhatIsAt(address + (uint)length - 1) == null)
            {
                return "fault";
            }
            return $"ok {access()}";
        }

        /// <summary>`ok VALUE` as the bytes of memory.</summary>
        private static string Swap(string answer)
        {
            return answer.StartsWith("ok ") ? $"ok {FlashArray.Hex(BitConverter.GetBytes(Convert.ToUInt32(answer.Substring(3), 16)))}" : answer;
        }

        private static bool InFlash(uint address, int length)
        {
            return address >= FlashGeometry.Start && (ulong)address + (ulong)length <= (ulong)FlashGeometry.Start + FlashGeometry.FlashBytes;
        }

        private static bool InRegisters(uint address)
        {
            return Within(address, FlashRegister.Block, FlashRegister.BlockBytes);
        }

        private static bool Within(uint address, uint start, int bytes)
        {
            return address >= start && address - start < bytes;
        }

        private readonly Iwdg watchdog;
        private readonly ResetCause cause;
        private readonly Stm32h753Flash flash;
        private readonly CortexM cpu;
        private readonly IMachine machine;

        private const uint BackupSram = 0x38800000;
        private const uint Rtc = 0x58004000;
    }
}
