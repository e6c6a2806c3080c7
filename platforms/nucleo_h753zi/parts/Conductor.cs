// The conductor: runs the machine in steps of virtual time and tells the harness, in one text, all that happened since it was last asked. Not a part of
// the chip; its window on the bus is empty.
//
// Lock step: between two steps the machine stands still, and only then do bytes pass between the modem's line and the harness. So nothing that the host
// does, nor how fast, can change a result. A step is short where there may be something to tell and grows while nothing comes, longest while the core sleeps;
// its length depends on virtual state alone. Measured: a core that computes runs a quarter faster in steps of 16 ms than in those of 1 ms.
//
// A report is lines, in the order of their kinds:
//   now NS RESTS|BUSY|DARK    virtual time; the core sleeps, works, or its supply went at a flash operation
//   fetch NS VECTORS PC KIND  a reset of that kind has ended: where the core looks for its vectors, and its first instruction
//   console NS HEX            bytes of the console up to a line's end
//   tx NS HEX                 bytes sent to the modem     rx NS OVERRUNS HEX   bytes that arrived from it
//   spi NS HEX HEX            a transaction: sent, received
//   flash NS ...              as Stm32h753Flash.TakeEvents     tap NS ...   as HalTap.Take
//   cells ADDRESS HEX         contents that changed, as a decapped chip shows them     blank ADDRESS LENGTH   the same, all ones
//   option OFFSET VALUE       an option register that changed

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class Conductor : IDoubleWordPeripheral, IKnownSize, IHasOwnLife
    {
        public Conductor(IMachine machine, CortexM cpu, Usart console, ModemLine modem, SensorLine sensor, Stm32h753Flash flash, HalTap halTap)
        {
            this.machine = machine;
            this.cpu = cpu;
            this.console = console;
            this.modem = modem;
            this.sensor = sensor;
            this.flash = flash;
            this.halTap = halTap;
            options = new Dictionary<int, uint>();
        }

        /// <summary>Runs until something is to be told or the limit is reached; at most one step beyond neither.</summary>
        /// <param name="limitNs">virtual time</param>
        /// <param name="heard">what the modem answers, `NS HEX` separated by `;`: see ModemLine.Hear</param>
        public string Run(ulong limitNs, string heard)
        {
            foreach(var piece in heard.Split(';').Where(piece => piece.Length > 0).Select(piece => piece.Split(' ')))
            {
                modem.Hear(ulong.Parse(piece[0]), piece[1]);
            }
            var emulation = EmulationManager.Instance.CurrentEmulation;
            if(emulation.IsStarted)
            {
                throw new RecoverableException("conductor: expected an emulation that is paused, got a running one");
            }
            if(NowNs < limitNs && !LossIsNews)
            {
                var time = emulation.MasterTimeSource;
                startNs = NowNs;
                time.Quantum = NextStep();
                time.SyncHook += AtStep;
                try
                {
                    // Renode rounds to microseconds.
                    emulation.RunFor(TimeInterval.FromMicroseconds((limitNs - NowNs + 999) / 1000));
                }
                catch(StepIsLast)
                {
                    emulation.PauseAll();
                }
                finally
                {
                    time.SyncHook -= AtStep;
                }
            }
            return Report();
        }

        /// <summary>The same, but also ends where the core waits for an interrupt.</summary>
        public string RunToRest(ulong limitNs, string heard)
        {
            endsAtRest = true;
            try
            {
                return Run(limitNs, heard);
            }
            finally
            {
                endsAtRest = false;
            }
        }

        /// <summary>Everything since the last report; see above.</summary>
        public string Report()
        {
            var text = new StringBuilder();
            text.Append($"now {NowNs} {(flash.PowerLost ? "DARK" : Rests ? "RESTS" : "BUSY")}\n");
            Append(text, "fetch", flash.TakeFetches());
            Append(text, "console", Lines(console.TakeSent()));
            Append(text, "tx", modem.TakeSent());
            Append(text, "rx", modem.TakeReceived());
            Append(text, "spi", sensor.TakeTransactions());
            Append(text, "flash", flash.TakeEvents());
            Append(text, "tap", halTap.Take());
            flash.AppendChanges(text);
            foreach(var register in OptionRegisters)
            {
                var value = flash.PeekOption(register);
                if(!options.TryGetValue(register, out var known) || known != value)
                {
                    options[register] = value;
                    text.Append($"option {register} {value}\n");
                }
            }
            steps = 0;
            lossTold = flash.PowerLost;
            return LongText.Of(text.ToString());
        }

        public void Reset()
        {
            resting = 0;
            computing = 0;
        }

        public void Start()
        {
            Resume();
        }

        public void Pause()
        {
            IsPaused = true;
        }

        /// <summary>A core that was loaded from a file has forgotten its hook.</summary>
        public void Resume()
        {
            IsPaused = false;
            if(hooked != cpu || !watching)
            {
                cpu.AddHookAtWfiStateChange(Slept);
                watching = true;
                hooked = cpu;
            }
        }

        public bool IsPaused { get; private set; } = true;

        public ulong NowNs => machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds;

        /// <summary>The core waits for an interrupt.</summary>
        public bool Rests => asleep || cpu.IsHalted;

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

        /// <summary>What the harness wants to hear of at once; the rest can wait for some steps.</summary>
        private bool HasNews => modem.HasSent || console.HasLine || flash.HasFetched || steps >= MostSteps;

        /// <summary>The supply went, and the harness has not heard of it; once it has, time passes by a dark board.</summary>
        private bool LossIsNews => flash.PowerLost && !lossTold;

        /// <summary>
        /// Between two steps. Renode offers no way to end a run before its time: an exception does, after which the next run begins with this instant again.
        /// </summary>
        private void AtStep(TimeInterval now)
        {
            if(now.TotalNanoseconds == startNs)
            {
                return;
            }
            var quiet = Rests && !woke && !modem.IsReceiving;
            woke = false;
            resting = quiet ? Math.Min(resting + 1, MostDoublings) : 0;
            computing = quiet || HasNews || modem.IsReceiving ? 0 : Math.Min(computing + 1, MostBusyDoublings);
            steps += quiet ? 0 : 1;
            if(HasNews || LossIsNews || (endsAtRest && Rests))
            {
                throw new StepIsLast();
            }
            EmulationManager.Instance.CurrentEmulation.MasterTimeSource.Quantum = NextStep();
        }

        private TimeInterval NextStep()
        {
            return TimeInterval.FromNanoseconds(Math.Min(BusyNs << (resting + computing), LongestNs));
        }

        private void Slept(bool asleep)
        {
            this.asleep = asleep;
            woke |= !asleep;
        }

        private static void Append(StringBuilder text, string kind, string lines)
        {
            if(lines.Length > 0)
            {
                foreach(var line in lines.Split('\n'))
                {
                    text.Append(kind).Append(' ').Append(line).Append('\n');
                }
            }
        }

        /// <summary>Bytes cut behind each line feed.</summary>
        private static string Lines(IReadOnlyList<Tuple<ulong, byte>> sent)
        {
            var lines = new List<string>();
            var bytes = new List<byte>();
            for(var index = 0; index < sent.Count; index++)
            {
                bytes.Add(sent[index].Item2);
                if(sent[index].Item2 == '\n' || index == sent.Count - 1)
                {
                    lines.Add($"{sent[index].Item1} {FlashArray.Hex(bytes.ToArray())}");
                    bytes.Clear();
                }
            }
            return string.Join("\n", lines);
        }

        private ulong startNs;
        private bool asleep;
        private bool woke;
        private bool endsAtRest;
        private int resting;
        private int computing;
        private int steps;
        private bool lossTold;
        private readonly Dictionary<int, uint> options;
        private readonly Usart console;
        private readonly ModemLine modem;
        private readonly SensorLine sensor;
        private readonly Stm32h753Flash flash;
        private readonly HalTap halTap;
        private readonly CortexM cpu;
        private readonly IMachine machine;
        [Antmicro.Migrant.Transient]
        private bool watching;
        [Antmicro.Migrant.Transient]
        private CortexM hooked;

        private const ulong BusyNs = 1000000;
        private const ulong LongestNs = 50000000;
        private const int MostDoublings = 6;
        private const int MostBusyDoublings = 4;
        private const int MostSteps = 2000;
        private class StepIsLast : Exception
        {
        }

        private static readonly int[] OptionRegisters = { 0x1C, 0x20, 0x38, 0x3C, 0x40, 0x44, 0x138, 0x13C };
    }
}
