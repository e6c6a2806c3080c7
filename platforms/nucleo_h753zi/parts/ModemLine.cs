// The line between USART2 and the modem's model in the harness: what the device sends is kept until the conductor asks, what the modem answers arrives one
// byte per character time at 115200 baud, none before its instant. Virtual time alone counts; nothing comes from a thread of the host.

using System;
using System.Collections.Generic;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class ModemLine : IDoubleWordPeripheral, IKnownSize
    {
        public ModemLine(IMachine machine, Usart usart)
        {
            this.machine = machine;
            this.usart = usart;
            pieces = new Queue<Piece>();
            received = new List<string>();
            timer = new LimitTimer(machine.ClockSource, TicksPerSecond, this, "line", 1, Direction.Ascending, false, WorkMode.OneShot, true);
            timer.LimitReached += Arrived;
        }

        /// <summary>A reset of the device is none of the modem's.</summary>
        public void Reset()
        {
        }

        /// <summary>Puts bytes on the line, behind those that wait.</summary>
        /// <param name="lastNs">when the last bit may have arrived at the earliest</param>
        public void Hear(ulong lastNs, string hex)
        {
            var bytes = Enumerable.Range(0, hex.Length / 2).Select(index => Convert.ToByte(hex.Substring(2 * index, 2), 16)).ToArray();
            var spread = (ulong)bytes.Length * CharacterNs;
            var at = Math.Max(Math.Max(freeNs, NowNs), lastNs > spread ? lastNs - spread : 0);
            for(var from = 0; from < bytes.Length; from += ReportBytes)
            {
                pieces.Enqueue(new Piece { StartNs = at, Bytes = bytes.Skip(from).Take(ReportBytes).ToArray() });
                at += (ulong)Math.Min(ReportBytes, bytes.Length - from) * CharacterNs;
            }
            freeNs = at;
            Arm();
        }

        /// <summary>The device has lost its supply: what is on the line is lost.</summary>
        public void Silence()
        {
            pieces.Clear();
            done = 0;
            timer.Enabled = false;
            freeNs = NowNs;
        }

        public bool HasSent => usart.HasSent;

        public bool IsReceiving => pieces.Count > 0;

        /// <summary>Lines `ns hex`: each byte at its time, bytes of one microsecond together.</summary>
        public string TakeSent()
        {
            var sent = usart.TakeSent();
            if(sent.Count == 0)
            {
                return "";
            }
            return $"{sent[sent.Count - 1].Item1} {FlashArray.Hex(sent.Select(item => item.Item2).ToArray())}";
        }

        /// <summary>Lines `ns overruns hex` of what has arrived.</summary>
        public string TakeReceived()
        {
            var text = string.Join("\n", received);
            received.Clear();
            return text;
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

        private ulong NowNs => machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds;

        private void Arm()
        {
            if(pieces.Count == 0 || timer.Enabled)
            {
                return;
            }
            var due = pieces.Peek().StartNs + (ulong)(done + 1) * CharacterNs;
            var now = NowNs;
            timer.Limit = Math.Max(1, (due > now ? due - now : 0) / NsPerTick);
            timer.ResetValue();
            timer.Enabled = true;
        }

        private void Arrived()
        {
            timer.Enabled = false;
            var piece = pieces.Peek();
            usart.WriteChar(piece.Bytes[done]);
            done++;
            if(done == piece.Bytes.Length)
            {
                received.Add($"{NowNs} {usart.Overruns} {FlashArray.Hex(piece.Bytes)}");
                pieces.Dequeue();
                done = 0;
            }
            Arm();
        }

        private class Piece
        {
            public ulong StartNs;
            public byte[] Bytes;
        }

        private readonly Queue<Piece> pieces;
        private readonly List<string> received;
        private int done;
        private ulong freeNs;
        private readonly LimitTimer timer;
        private readonly Usart usart;
        private readonly IMachine machine;

        private const ulong CharacterNs = 86806;
        private const ulong TicksPerSecond = 10000000;
        private const ulong NsPerTick = 100;
        /// <summary>As native_sim's uart.ts reports at the latest.</summary>
        private const int ReportBytes = 1024;
    }
}
