// The wire between SPI1 and the temperature sensor: makes of Renode's TI_LM74, which only knows the temperature word, the 3-wire part of the data sheet
// (SNIS107: transmit phase of 16 clocks, then receive phase with the configuration), and breaks it in the ways that a board has (harness/board/board.ts,
// SensorFault). The same behaviour as platforms/native_sim/parts/lm74.ts.
//
//   clocks 1-16   temperature D15..D3, D2 high, D1 D0 pulled up; in shutdown mode the id word 0x800F
//   clocks 17-32  the master drives: low byte 0xFF shutdown, 0x00 continuous conversion, other: test mode until power is cycled
//
// Chip select is GPIO input 0 (low: selected); without it, the end of an SPI transaction (TSIZE, CSUSP) deselects. Left out: conversion time.

using System;
using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Sensors;
using Antmicro.Renode.Peripherals.SPI;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class SensorLine : NullRegistrationPointPeripheralContainer<TI_LM74>, ISPIPeripheral, IGPIOReceiver
    {
        public SensorLine(IMachine machine, ResetCause cause) : base(machine)
        {
            this.cause = cause;
            sent = new List<byte>();
            answered = new List<byte>();
            transactions = new List<string>();
            this.machine = machine;
        }

        /// <summary>The sensor has no reset input: only power changes it.</summary>
        public override void Reset()
        {
            sent.Clear();
            if(cause.IsPowerOn)
            {
                mode = Mode.Continuous;
            }
        }

        /// <summary>Temperature in sixteenths of a degree Celsius, -4096..4095; beyond the stock model's -55..150 degrees the line says it in its place.</summary>
        public int Sixteenths
        {
            get => sixteenths;
            set
            {
                if(value < -4096 || value > 4095)
                {
                    throw new RecoverableException($"sensor: expected sixteenths from -4096 to 4095, got {value}");
                }
                sixteenths = value;
                if(value >= -55 * 16 && value <= 150 * 16 && RegisteredPeripheral != null)
                {
                    RegisteredPeripheral.Temperature = value / 16m;
                }
            }
        }

        /// <summary>none, stuck-high, stuck-low, absent, `wrong-id ID` or `flip BIT EVERY` (bit 0 is first on the wire).</summary>
        public string Fault
        {
            get => fault;
            set
            {
                var parts = value.Split(' ');
                var numbers = new int[parts.Length - 1];
                for(var index = 0; index < numbers.Length; index++)
                {
                    if(!int.TryParse(parts[index + 1], out numbers[index]))
                    {
                        throw new RecoverableException($"sensor: expected a number, got {parts[index + 1]}");
                    }
                }
                var fits = Array.IndexOf(Plain, parts[0]) >= 0 ? numbers.Length == 0
                    : parts[0] == "wrong-id" ? numbers.Length == 1 && numbers[0] >= 0 && numbers[0] <= 0xFFFF
                    : parts[0] == "flip" && numbers.Length == 2 && numbers[0] >= 0 && numbers[0] < 16 && numbers[1] > 0;
                if(!fits)
                {
                    throw new RecoverableException($"sensor: expected none, stuck-high, stuck-low, absent, wrong-id ID or flip BIT EVERY, got {value}");
                }
                fault = value;
                kind = parts[0];
                first = numbers.Length > 0 ? numbers[0] : 0;
                second = numbers.Length > 1 ? numbers[1] : 0;
                words = 0;
            }
        }

        public void OnGPIO(int number, bool value)
        {
            if(number != 0)
            {
                this.Log(LogLevel.Error, "expected chip select at input 0, got input {0}", number);
                return;
            }
            if(value == deselected)
            {
                return;
            }
            deselected = value;
            selectIsGpio |= value;
            if(value)
            {
                EndOfFrame();
            }
            else
            {
                sent.Clear();
                answered.Clear();
            }
        }

        /// <summary>Lines `ns sent received`, one per transaction, since the last call.</summary>
        public string TakeTransactions()
        {
            var text = string.Join("\n", transactions);
            transactions.Clear();
            return text;
        }

        public byte Transmit(byte data)
        {
            var answer = Answer(data);
            if(answered.Count < LongestFrame && !deselected)
            {
                answered.Add(answer);
            }
            return answer;
        }

        public void FinishTransmission()
        {
            if(!selectIsGpio)
            {
                EndOfFrame();
            }
        }

        private byte Answer(byte data)
        {
            if(deselected)
            {
                this.Log(LogLevel.Warning, "byte 0x{0:X2} while no chip is selected: the pull-up answers", data);
                return 0xFF;
            }
            if(sent.Count == 0)
            {
                word = Line(Output());
            }
            var place = sent.Count;
            if(place < LongestFrame)
            {
                sent.Add(data);
            }
            else
            {
                sent[LongestFrame - 1] = data;
            }
            if(kind == "stuck-high" || kind == "stuck-low")
            {
                return (byte)(kind == "stuck-high" ? 0xFF : 0x00);
            }
            // SI/O is one pin: in the receive phase the master reads back what it drives.
            return place == 0 ? (byte)(word >> 8) : place == 1 ? (byte)word : data;
        }

        private void EndOfFrame()
        {
            if(sent.Count > 0)
            {
                if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
                {
                    cpu.SyncTime();
                }
                transactions.Add($"{machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds} {FlashArray.Hex(sent.ToArray())} {FlashArray.Hex(answered.ToArray())}");
            }
            answered.Clear();
            var hears = kind != "absent" && kind != "stuck-high" && kind != "stuck-low";
            if(sent.Count > 2 && hears && mode != Mode.Test)
            {
                var low = sent[sent.Count - 1];
                mode = low == 0xFF ? Mode.Shutdown : low == 0x00 ? Mode.Continuous : Mode.Test;
                if(mode == Mode.Test)
                {
                    this.Log(LogLevel.Warning, "configuration 0x{0:X2}: manufacturer's test mode until power is cycled", low);
                }
            }
            sent.Clear();
        }

        private int Output()
        {
            switch(mode)
            {
            case Mode.Test:
                return 0xFFFF;
            case Mode.Shutdown:
                return kind == "wrong-id" ? first : Id;
            default:
                return Temperature();
            }
        }

        private int Temperature()
        {
            if(sixteenths < -55 * 16 || sixteenths > 150 * 16 || RegisteredPeripheral == null)
            {
                return (sixteenths << 3 & 0xFFF8) | 0x7;
            }
            RegisteredPeripheral.FinishTransmission();
            return RegisteredPeripheral.Transmit(0) << 8 | RegisteredPeripheral.Transmit(0);
        }

        /// <summary>The word after what the line does to it.</summary>
        private int Line(int output)
        {
            words++;
            if(kind == "absent")
            {
                return 0xFFFF;
            }
            return kind == "flip" && words % second == 0 ? output ^ (0x8000 >> first) : output;
        }

        private Mode mode;
        private int sixteenths = 23 * 16;
        private string fault = "none";
        private string kind = "none";
        private int first;
        private int second;
        private int words;
        private int word;
        private bool deselected;
        /// <summary>Chip select has been seen high: it, not the SPI's transaction, frames the communication.</summary>
        private bool selectIsGpio;
        private readonly List<byte> sent;
        private readonly List<byte> answered;
        private readonly List<string> transactions;
        private readonly IMachine machine;
        private readonly ResetCause cause;

        private const int Id = 0x800F;
        private const int LongestFrame = 256;
        private static readonly string[] Plain = { "none", "stuck-high", "stuck-low", "absent" };

        private enum Mode
        {
            Continuous,
            Shutdown,
            Test,
        }
    }
}
