// USART, RM0433 chapter 48, as far as firmware with receive interrupts needs it: 8N1, one byte of receive register or a FIFO of 16 (CR1.FIFOEN), and, what
// Renode's own model lacks, the overrun: a byte that finds no room is lost, ORE is set, and it is counted.
//
// USART_CR1: modelled UE 0, RE 2, TE 3, IDLEIE 4, RXNEIE 5, TCIE 6, TXEIE 7, OVER8 15, FIFOEN 29. CR2: STOP 13:12. CR3: EIE 0, OVRDIS 12. BRR. RQR: RXFRQ 3.
// ISR: ORE 3, IDLE 4, RXNE 5, TC 6, TXE 7, TEACK 21, REACK 22. ICR: ORECF 3, IDLECF 4, TCCF 6. The other bits of CR1, CR2 and CR3 are tagged: stored, without effect.
// Left out: the time that sending takes (TXE and TC are always set when it is on), line errors, flow control, DMA.

using System;
using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class Usart : UARTBase, IDoubleWordPeripheral, IKnownSize
    {
        public Usart(IMachine machine, uint frequency) : base(machine)
        {
            this.machine = machine;
            this.frequency = frequency;
            sent = new List<Tuple<ulong, byte>>();
            IRQ = new GPIO();
            silence = new LimitTimer(machine.ClockSource, SilenceHz, this, "silence", 1, Direction.Ascending, false, WorkMode.OneShot, true);
            silence.LimitReached += LineIsIdle;
        }

        public override void Reset()
        {
            cr1 = 0;
            cr2 = 0;
            cr3 = 0;
            brr = 0;
            overrun = false;
            complete = true;
            idle = false;
            silence.Enabled = false;
            base.Reset();
            UpdateInterrupt();
        }

        /// <summary>Bytes lost for want of room, since the machine was made.</summary>
        public int Overruns { get; private set; }

        /// <summary>Bytes that came while the receiver was off: no overrun, but lost as well.</summary>
        public int Unheard { get; private set; }

        /// <summary>Bytes wait to be taken; a line's end is among them.</summary>
        public bool HasSent => sent.Count > 0;

        public bool HasLine { get; private set; }

        /// <summary>What the device has sent since the last call, each byte with its virtual time in ns.</summary>
        public IReadOnlyList<Tuple<ulong, byte>> TakeSent()
        {
            var taken = sent.ToArray();
            sent.Clear();
            HasLine = false;
            return taken;
        }

        public override void WriteChar(byte value)
        {
            if(!IsReceiveEnabled)
            {
                Unheard++;
                return;
            }
            ListenForIdle();
            if(Count >= Depth)
            {
                Overruns++;
                if((cr3 & Ovrdis) == 0)
                {
                    overrun = true; // 48.5.10: the new byte is lost, what was there stays
                    this.Log(LogLevel.Warning, "overrun: byte 0x{0:X2} lost", value);
                    UpdateInterrupt();
                }
                return;
            }
            base.WriteChar(value);
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case 0x00:
                return cr1;
            case 0x04:
                return cr2;
            case 0x08:
                return cr3;
            case 0x0C:
                return brr;
            case 0x10:
            case 0x14:
            case 0x18:
            case 0x20:
            case 0x28:
            case 0x2C:
                return 0;
            case 0x1C:
                return Status;
            case 0x24:
                if(!TryGetCharacter(out var character))
                {
                    this.Log(LogLevel.Warning, "USART_RDR read while nothing was received");
                }
                UpdateInterrupt();
                return character;
            default:
                this.Log(LogLevel.Warning, "read of reserved register 0x{0:X}", offset);
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case 0x00:
                cr1 = value;
                break;
            case 0x04:
                cr2 = value;
                break;
            case 0x08:
                cr3 = value;
                break;
            case 0x0C:
                brr = value & 0xFFFF;
                break;
            case 0x18:
                if((value & Rxfrq) != 0)
                {
                    ClearBuffer();
                }
                break;
            case 0x20:
                overrun &= (value & Ore) == 0;
                complete &= (value & Tc) == 0;
                idle &= (value & Idle) == 0;
                break;
            case 0x28:
                Send((byte)value);
                break;
            case 0x10:
            case 0x14:
            case 0x2C:
                break; // GTPR, RTOR, PRESC: tagged
            default:
                this.Log(LogLevel.Warning, "write of 0x{0:X8} to read-only or reserved register 0x{1:X} dropped", value, offset);
                return;
            }
            UpdateInterrupt();
        }

        public override uint BaudRate => brr == 0 ? 0 : frequency / brr * ((cr1 & Over8) != 0 ? 2u : 1u);

        public override Bits StopBits => (cr2 >> 12 & 3) == 2 ? Bits.Two : Bits.One;

        public override Parity ParityBit => Parity.None;

        public GPIO IRQ { get; }

        public long Size => 0x400;

        protected override bool IsReceiveEnabled => (cr1 & (Ue | Re)) == (Ue | Re);

        protected override void CharWritten()
        {
            UpdateInterrupt();
        }

        protected override void QueueEmptied()
        {
            UpdateInterrupt();
        }

        private int Depth => (cr1 & Fifoen) != 0 ? FifoBytes : 1;

        private uint Status
        {
            get
            {
                var sending = (cr1 & (Ue | Te)) == (Ue | Te);
                return (overrun ? Ore : 0) | (idle ? Idle : 0) | (Count > 0 ? Rxne : 0) | (complete ? Tc : 0) | Txe | (sending ? Teack : 0) | (IsReceiveEnabled ? Reack : 0);
            }
        }

        private void Send(byte value)
        {
            if((cr1 & (Ue | Te)) != (Ue | Te))
            {
                this.Log(LogLevel.Warning, "USART_TDR written while the transmitter is off: byte 0x{0:X2} dropped", value);
                return;
            }
            if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
            {
                cpu.SyncTime();
            }
            sent.Add(Tuple.Create(machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds, value));
            HasLine |= value == '\n';
            TransmitCharacter(value);
            complete = true;
        }

        /// <summary>48.5.7: an idle frame after a reception, one character long.</summary>
        private void ListenForIdle()
        {
            silence.Enabled = false;
            // A byte that follows at once arrives when the idle frame would be over: its start bit has ended the silence before.
            silence.Limit = (2 * BitsPerCharacter + 1) * SilenceHz / (2 * (BaudRate == 0 ? 115200ul : BaudRate));
            silence.ResetValue();
            silence.Enabled = true;
        }

        private void LineIsIdle()
        {
            idle = true;
            UpdateInterrupt();
        }

        private void UpdateInterrupt()
        {
            var status = Status;
            var receive = (cr1 & Rxneie) != 0 && (status & (Rxne | Ore)) != 0;
            var silent = (cr1 & Idleie) != 0 && idle;
            var error = (cr3 & Eie) != 0 && (status & Ore) != 0;
            var transmit = ((cr1 & Tcie) != 0 && (status & Tc) != 0) || (cr1 & Txeie) != 0;
            IRQ.Set((cr1 & Ue) != 0 && (receive || silent || error || transmit));
        }

        private uint cr1;
        private uint cr2;
        private uint cr3;
        private uint brr;
        private bool overrun;
        private bool idle;
        private bool complete = true;
        private readonly uint frequency;
        private readonly IMachine machine;
        private readonly List<Tuple<ulong, byte>> sent;
        private readonly LimitTimer silence;

        private const uint Ue = 1u << 0;
        private const uint Re = 1u << 2;
        private const uint Te = 1u << 3;
        private const uint Idleie = 1u << 4;
        private const uint Rxneie = 1u << 5;
        private const uint Tcie = 1u << 6;
        private const uint Txeie = 1u << 7;
        private const uint Over8 = 1u << 15;
        private const uint Fifoen = 1u << 29;
        private const uint Eie = 1u << 0;
        private const uint Ovrdis = 1u << 12;
        private const uint Rxfrq = 1u << 3;
        private const uint Ore = 1u << 3;
        private const uint Idle = 1u << 4;
        private const uint Rxne = 1u << 5;
        private const uint Tc = 1u << 6;
        private const uint Txe = 1u << 7;
        private const uint Teack = 1u << 21;
        private const uint Reack = 1u << 22;
        private const int FifoBytes = 16;
        private const ulong BitsPerCharacter = 10;
        private const ulong SilenceHz = 10000000;
    }
}
