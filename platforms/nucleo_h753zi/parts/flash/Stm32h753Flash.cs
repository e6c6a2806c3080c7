// The flash interface on Renode's bus: registers at 0x52002000, virtual time, bus errors, power cuts, and what the harness may do to it.
//
// Errors of the interface reach the core as BusFault with CFSR.IMPRECISERR: a model in C# cannot stop within a translation block, so a load that fails
// yields zero and the exception is taken when the block ends (a DSB, ISB ends it). The chip reports a failed load as precise; a driver has to bear both.
// Waiting is a jump of virtual time (TranslationCPU.SkipTime): a load from the words being changed waits (RM0433 4.3.8), and so does the core when it runs
// from the bank it changes. Left out: that loads from the bank's other words wait; interrupts of the flash.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public partial class Stm32h753Flash : IDoubleWordPeripheral, IWordPeripheral, IBytePeripheral, IKnownSize, IHasOwnLife, IFlashHost, IFlashAccess
    {
        public Stm32h753Flash(IMachine machine, FlashMemory memory, CortexM cpu, NVIC nvic, ResetCause cause)
        {
            this.machine = machine;
            this.memory = memory;
            this.cpu = cpu;
            this.nvic = nvic;
            this.cause = cause;
            events = new List<string>();
            fetches = new List<string>();
            changed = new bool[FlashGeometry.FlashBytes / FlashGeometry.WordBytes];
            memory.Attach(this);
            model = new FlashInterface(this, FlashMutant.None, seed);
        }

        public void Reset()
        {
            model.Reset(cause.LosesPower);
            wakeCore |= PowerLost;
            PowerLost = false;
            bootPending = true;
        }

        public void Start()
        {
            Resume();
        }

        public void Pause()
        {
            IsPaused = true;
        }

        /// <summary>Comes before the core's own: it fetches where the options say, and finds the pages armed.</summary>
        public void Resume()
        {
            IsPaused = false;
            memory.Arm();
            if(bootPending)
            {
                bootPending = false;
                var vectors = cause.LosesPower || cause.Kind == "power-on" || WarmResetVectors == 0 ? model.BootAddress(BootPin) : WarmResetVectors;
                cpu.VectorTableOffset = vectors;
                fetches.Add($"{ToldNs} {vectors} {machine.SystemBus.ReadDoubleWord(vectors + 4) & ~1u} {cause.Kind}");
            }
            if(wakeCore)
            {
                wakeCore = false;
                cpu.IsHalted = false; // after the vector table is known: this makes the core fetch its first address
            }
        }

        public bool IsPaused { get; private set; } = true;

        public uint ReadDoubleWord(long offset)
        {
            return ReadSized(offset, 4);
        }

        public ushort ReadWord(long offset)
        {
            return (ushort)ReadSized(offset, 2);
        }

        public byte ReadByte(long offset)
        {
            return (byte)ReadSized(offset, 1);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Guard(() => model.WriteRegister((int)offset, value, 4));
        }

        public void WriteWord(long offset, ushort value)
        {
            Guard(() => model.WriteRegister((int)offset, value, 2));
        }

        public void WriteByte(long offset, byte value)
        {
            Guard(() => model.WriteRegister((int)offset, value, 1));
        }

        public ulong Load(uint address, int sizeBytes)
        {
            ulong value = 0;
            Guard(() =>
            {
                var bytes = model.ReadMemory(address, sizeBytes);
                for(var index = 0; index < sizeBytes; index++)
                {
                    value |= (ulong)bytes[index] << (8 * index);
                }
            });
            return value;
        }

        public void Store(uint address, ulong value, int sizeBytes)
        {
            Guard(() => model.WriteMemory(address, BitConverter.GetBytes(value).Take(sizeBytes).ToArray()));
        }

        public byte[] Peek(uint address, int length)
        {
            return model.Peek(address, length, false);
        }

        public void Poke(uint address, byte[] bytes)
        {
            model.Poke(address, bytes);
        }

        public long Size => 0x1000;

        // What the model asks of the machine.

        public ulong NowNs
        {
            get
            {
                if(OnCore)
                {
                    cpu.SyncTime();
                }
                var elapsed = machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds;
                return Math.Max(elapsed + aheadNs, stalledUntilNs);
            }
        }

        /// <summary>The machine's time, as all parts tell it: what the harness's accesses took the machine did not see.</summary>
        private ulong ToldNs => NowNs - aheadNs;

        public void StallUntil(ulong ns)
        {
            var now = NowNs;
            if(ns <= now)
            {
                return;
            }
            if(!OnCore)
            {
                aheadNs += ns - now; // nobody's time passes while the harness accesses: the interface is ahead of the machine from now on
                return;
            }
            cpu.SkipTime(TimeInterval.FromMicroseconds((ns - now + 999) / 1000));
            stalledUntilNs = ns;
        }

        /// <summary>A core that is about to halt skips no time: it would do so after the reset.</summary>
        public void LosePowerAt(ulong ns)
        {
            if(OnCore)
            {
                stalledUntilNs = Math.Max(stalledUntilNs, ns);
            }
            else
            {
                StallUntil(ns);
            }
        }

        public void MemoryChanged(uint address, int length)
        {
            var first = (int)(address - FlashGeometry.Start) / FlashGeometry.WordBytes;
            Array.Fill(changed, true, first, (length + FlashGeometry.WordBytes - 1) / FlashGeometry.WordBytes);
            anyChanged = true;
            for(var done = 0; done < length; done += FlashGeometry.SectorBytes)
            {
                var part = Math.Min(length - done, FlashGeometry.SectorBytes);
                memory.Show(address + (uint)done, Visible(address + (uint)done, part));
            }
            UpdateAccess(address, length);
        }

        public void CommandStarted(uint address, int length, ulong endNs)
        {
            if(OnCore && SameBank((uint)cpu.PC.RawValue, address))
            {
                StallUntil(endNs); // the core's fetches wait (4.3.8)
            }
            else if(length < FlashGeometry.SectorBytes)
            {
                memory.SetPageOverBus(address, true);
            }
            else
            {
                foreach(var sector in SectorsOf(address, length))
                {
                    memory.SetSectorUnmapped(sector, true);
                }
            }
        }

        public void Regressed()
        {
            machine.SystemBus.WriteBytes(new byte[BackupSramBytes], BackupSram);
            Regressions++;
        }

        public void AccessChanged()
        {
            UpdateAccess(FlashGeometry.Start, FlashGeometry.FlashBytes);
        }

        public void Operation(string op, uint address, string outcome, string note, byte[] bytes)
        {
            events.Add($"{ToldNs} {op} {address} {outcome} {(bytes == null ? "-" : FlashArray.Hex(bytes))} {note ?? "-"}");
        }

        public void Warn(string message)
        {
            this.Log(LogLevel.Warning, message);
        }

        private uint ReadSized(long offset, int sizeBytes)
        {
            uint value = 0;
            Guard(() => value = model.ReadRegister((int)offset & ~3) >> (8 * ((int)offset & 3)));
            return sizeBytes == 4 ? value : value & ((1u << (8 * sizeBytes)) - 1);
        }

        /// <summary>An access by whomever: its errors become the core's.</summary>
        private void Guard(Action access)
        {
            if(PowerLost)
            {
                return;
            }
            try
            {
                access();
            }
            catch(FlashBusFault fault)
            {
                RaiseBusFault(fault);
            }
            catch(FlashPowerCut cut)
            {
                LosePower(cut);
            }
        }

        private void RaiseBusFault(FlashBusFault fault)
        {
            this.Log(LogLevel.Warning, "{0}", fault.Message);
            if(OnCore)
            {
                cpu.FaultStatus |= ImpreciseBusError;
                nvic.SetPendingIRQ(BusFaultException);
            }
        }

        private void LosePower(FlashPowerCut cut)
        {
            this.Log(LogLevel.Info, "{0}", cut.Message);
            GoDark();
        }

        /// <summary>The bytes that the core may see; in unreadable words, instructions that fault.</summary>
        private byte[] Visible(uint address, int length)
        {
            return model.Visible(address, length);
        }

        private void UpdateAccess(uint address, int length)
        {
            var hidden = model.Hidden;
            foreach(var sector in SectorsOf(address, length))
            {
                var start = FlashGeometry.Start + (uint)(sector * FlashGeometry.SectorBytes);
                var whole = length >= FlashGeometry.SectorBytes;
                if(!hidden && !whole)
                {
                    continue;
                }
                var damaged = model.DamagedPages(start, FlashGeometry.SectorBytes);
                var close = hidden || damaged.Count > ManyPages;
                memory.SetSectorUnmapped(sector, close);
                foreach(var page in memory.PagesOverBus.Where(page => page >= start && page - start < FlashGeometry.SectorBytes).ToArray())
                {
                    if(close || !damaged.Contains(page))
                    {
                        memory.SetPageOverBus(page, false);
                    }
                }
                if(!close)
                {
                    foreach(var page in damaged)
                    {
                        memory.SetPageOverBus(page, true);
                    }
                }
            }
            if(length < FlashGeometry.SectorBytes && !hidden)
            {
                for(var page = address & ~(FlashMemory.PageBytes - 1); page < address + length; page += FlashMemory.PageBytes)
                {
                    memory.SetPageOverBus(page, model.DamagedPages(page, (int)FlashMemory.PageBytes).Count > 0);
                }
            }
        }

        private bool OnCore => machine.SystemBus.TryGetCurrentCPU(out var _);

        private static bool SameBank(uint pc, uint address)
        {
            return pc - FlashGeometry.Start < FlashGeometry.FlashBytes
                && (pc - FlashGeometry.Start) / FlashGeometry.BankBytes == (address - FlashGeometry.Start) / FlashGeometry.BankBytes;
        }

        private static IEnumerable<int> SectorsOf(uint address, int length)
        {
            var first = (int)(address - FlashGeometry.Start) / FlashGeometry.SectorBytes;
            var last = (int)(address - FlashGeometry.Start + length - 1) / FlashGeometry.SectorBytes;
            return Enumerable.Range(first, last - first + 1);
        }

        private FlashInterface model;
        private string seed = "1";
        private bool bootPending = true;
        /// <summary>The core, halted, goes when the machine runs again.</summary>
        private bool wakeCore;
        private ulong aheadNs;
        private ulong stalledUntilNs;
        private readonly List<string> events;
        private readonly List<string> fetches;
        /// <summary>Flash words, by their place on the bus, that changed since the harness last asked.</summary>
        private readonly bool[] changed;
        private bool anyChanged;
        private readonly FlashMemory memory;
        private readonly CortexM cpu;
        private readonly NVIC nvic;
        private readonly ResetCause cause;
        private readonly IMachine machine;

        private const uint ImpreciseBusError = 1u << 10;
        private const int BusFaultException = 5;
        private const uint BackupSram = 0x38800000;
        private const int BackupSramBytes = 0x1000;
        /// <summary>tlib takes 1024 pages over the bus: above this many in a sector, the sector is unmapped.</summary>
        private const int ManyPages = 32;
    }
}
