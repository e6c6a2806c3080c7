// An attacker's native code on the core: Thumb instructions that make a list of accesses one after the other, in privileged or unprivileged thread mode,
// under the MPU and the flash locks of this instant. Not a part of the chip; its window on the bus is empty.
//
// The core must wait for an event, which it does inside the kernel's SVC. From there the code is entered as the kernel enters a module (unprivileged: exception
// return onto the process stack, CONTROL.nPRIV set) or as it is (privileged: handler mode). Nothing of the device is asked or told: while the code runs, a vector
// table in the ITCM, which the firmware does not use, sends faults to a handler that notes CFSR and goes on with the next access, and SVC to the
// end; interrupts go where they always do. Then everything is as it was, but for what the accesses have done. An access that reads where the code's own things lie
// is answered with what they cover.
//
// Unprivileged code stands in a blank place of the running image's own flash, the only memory that it may execute (put there behind the interface's back, and taken
// away again); where the MPU is off, and for privileged code, it stands in the ITCM.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class NativeCode : IDoubleWordPeripheral, IKnownSize
    {
        public NativeCode(IMachine machine, CortexM cpu, Stm32h753Flash flash, ResetCause cause)
        {
            this.machine = machine;
            this.cpu = cpu;
            this.flash = flash;
            this.cause = cause;
        }

        public void Reset()
        {
            wasReset = true;
        }

        /// <summary>Whether code can be run now: the core waits inside SVC, and for an event, not for the flash.</summary>
        public bool Ready => (Register(CortexMRegisters.CPSR) & 0x1FF) == SvcNumber && !flash.IsBusy;

        /// <summary>
        /// Accesses separated by `;` as in Probe.Access, answered by one line each: `ok [hex]`, `bus` or `mpu`; `lost` where the code did not come to
        /// that access: the supply went, or the code itself.
        /// </summary>
        /// <param name="start">and end of the flash region that the running image may execute</param>
        public string Run(string accesses, string privilege, uint start, uint end)
        {
            if(!Ready)
            {
                throw new RecoverableException($"native code: expected a core that waits for an event, got PC 0x{cpu.PC.RawValue:x}, xPSR 0x{Register(CortexMRegisters.CPSR):x}");
            }
            var isPrivileged = privilege == "privileged";
            var ops = accesses.Split(';').Select(access => new Op(access)).ToArray();
            var mpuOn = (machine.SystemBus.ReadDoubleWord(MpuCtrl) & 1) != 0;
            var code = isPrivileged || !mpuOn ? ItcmCode : BlankPlace(start, end);
            var saved = new Saved(this, ops.Sum(op => op.TableBytes + op.ResultBytes) + FrameBytes);
            var kept = code == ItcmCode ? null : flash.Peek(code, Code.Length);
            Place(code, isPrivileged);
            var results = PlaceTable(ops, code);
            wasReset = false;
            Enter(code, isPrivileged, results);
            RunUntil(isPrivileged ? code + Done : ItcmCode + Park, code);
            var place = (uint)cpu.PC.RawValue;
            var answers = Answers(ops, results, (bytes, address) =>
            {
                saved.Cover(bytes, address);
                Cover(bytes, address, code, kept);
            });
            if(kept != null)
            {
                flash.Poke(code, kept);
            }
            var isEntered = machine.SystemBus.ReadDoubleWord(results) != NotReached;
            // A reset that the code itself asked for is its doing; another one tells that it hung.
            var isOver = flash.PowerLost || (wasReset && cause.Kind == "software");
            if(!wasReset && !flash.PowerLost)
            {
                saved.Restore();
                WaitForFlash();
            }
            if(!isEntered && !isOver)
            {
                throw new RecoverableException($"native code: expected the core to run it at 0x{code:x}, got none of its accesses (PC 0x{place:x})");
            }
            return LongText.Of(answers);
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

        /// <summary>Vector table, and the code twice: where it runs, and in the ITCM for its handlers.</summary>
        private void Place(uint code, bool isPrivileged)
        {
            var bus = machine.SystemBus;
            var vectors = cpu.VectorTableOffset;
            for(uint entry = 0; entry < Vectors; entry++)
            {
                var handler = entry == SvcNumber ? ItcmCode + Park + 1 : entry >= 3 && entry <= 6 ? ItcmCode + Fault + 1 : bus.ReadDoubleWord(vectors + 4 * entry);
                bus.WriteDoubleWord(Itcm + 4 * entry, handler);
            }
            var bytes = (byte[])Code.Clone();
            BitConverter.GetBytes((code + After)).CopyTo(bytes, AfterLiteral);
            bus.WriteBytes(bytes, ItcmCode);
            if(code == ItcmCode)
            {
                if(isPrivileged)
                {
                    bus.WriteWord(ItcmCode + Done, BranchToItself);
                }
            }
            else
            {
                flash.Poke(code, bytes);
            }
            cpu.VectorTableOffset = Itcm;
        }

        /// <returns>address of the results</returns>
        private uint PlaceTable(Op[] ops, uint code)
        {
            var bus = machine.SystemBus;
            var at = Ram + FrameBytes;
            var results = at + (uint)ops.Sum(op => op.TableBytes);
            var result = results;
            foreach(var op in ops)
            {
                var next = at + (uint)op.TableBytes;
                var nextResult = result + (uint)op.ResultBytes;
                var words = new[] { (code + op.Routine) | 1, op.Address, op.Count, next, nextResult };
                for(var index = 0; index < words.Length; index++)
                {
                    bus.WriteDoubleWord(at + (ulong)(4 * index), words[index]);
                }
                bus.WriteDoubleWord(result, NotReached);
                if(op.Bytes.Length > 0)
                {
                    bus.WriteBytes(op.Bytes, at + OpBytes);
                }
                at = next;
                result = nextResult;
            }
            tableEnd = at;
            return results;
        }

        private void Enter(uint code, bool isPrivileged, uint results)
        {
            var bus = machine.SystemBus;
            Set(CortexMRegisters.R4, Ram + FrameBytes);
            Set(CortexMRegisters.R5, tableEnd);
            Set(CortexMRegisters.R6, results);
            Set(CortexMRegisters.PRIMASK, 0);
            if(isPrivileged)
            {
                cpu.PC = code;
            }
            else
            {
                for(uint word = 0; word < 8; word++)
                {
                    bus.WriteDoubleWord(Ram + 4 * word, word == 6 ? code : word == 7 ? ThumbState : 0);
                }
                Set(CortexMRegisters.R0, Ram);
                Set(CortexMRegisters.R1, 1);
                cpu.PC = ItcmCode + Launch;
            }
            // The core sleeps in WFI, and Renode's way to wake one without an interrupt is private.
            var wake = typeof(TranslationCPU).GetField("TlibCleanWfiProcState", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);
            ((Delegate)wake.GetValue(cpu)).DynamicInvoke();
        }

        private void RunUntil(uint place, uint code)
        {
            for(ulong ns = 0; ns < LongestNs && !flash.PowerLost && !wasReset; ns += StepNs)
            {
                Step(StepNs);
                if(((uint)cpu.PC.RawValue & ~1u) == place || IsNotExecutable(code))
                {
                    return;
                }
            }
        }

        /// <summary>The handler returns to code that the MPU does not let run, over and over: each time CFSR.IACCVIOL is in the frame's r0.</summary>
        private bool IsNotExecutable(uint code)
        {
            return code != ItcmCode && (machine.SystemBus.ReadDoubleWord(Ram) & Refetched) == Refetched;
        }

        private void WaitForFlash()
        {
            for(ulong ns = 0; ns < LongestNs && flash.IsBusy && !flash.PowerLost; ns += FlashStepNs)
            {
                Step(FlashStepNs);
            }
        }

        private void Step(ulong ns)
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            var step = TimeInterval.FromNanoseconds(ns);
            emulation.MasterTimeSource.Quantum = step;
            emulation.RunFor(step);
        }

        private string Answers(Op[] ops, uint results, Action<byte[], uint> cover)
        {
            var text = new StringBuilder();
            var at = results;
            foreach(var op in ops)
            {
                var fault = machine.SystemBus.ReadDoubleWord(at);
                var bytes = machine.SystemBus.ReadBytes(at + 4, op.ReadBytes);
                cover(bytes, op.Address);
                text.Append(fault == NotReached ? "lost" : fault == 0 ? $"ok {FlashArray.Hex(bytes)}" : (fault & 0xFF) != 0 ? "mpu" : "bus").Append('\n');
                at += (uint)op.ResultBytes;
            }
            return text.ToString();
        }

        /// <summary>What lay at `start` before, in place of what was read there.</summary>
        private static void Cover(byte[] bytes, uint address, uint start, byte[] before)
        {
            var first = Math.Max(address, start);
            var end = Math.Min((ulong)address + (ulong)bytes.Length, (ulong)start + (ulong)(before?.Length ?? 0));
            for(ulong at = first; at < end; at++)
            {
                bytes[at - address] = before[at - start];
            }
        }

        /// <summary>Room for the code that nothing else uses, away from the first, middle and last words of sectors.</summary>
        private uint BlankPlace(uint start, uint end)
        {
            for(var at = end - 0x1000; at > start; at -= 0x400)
            {
                var bytes = flash.Peek(at, Code.Length);
                if(at % 0x10000 != 0 && bytes.All(value => value == 0xFF))
                {
                    return at;
                }
            }
            throw new RecoverableException($"native code: expected {Code.Length} blank bytes between 0x{start:x} and 0x{end:x}, got none");
        }

        private uint Register(CortexMRegisters register)
        {
            return (uint)cpu.GetRegister((int)register).RawValue;
        }

        private void Set(CortexMRegisters register, uint value)
        {
            cpu.SetRegister((int)register, value);
        }

        private uint tableEnd;
        private bool wasReset;
        private readonly ResetCause cause;
        private readonly Stm32h753Flash flash;
        private readonly CortexM cpu;
        private readonly IMachine machine;

        private const uint Itcm = 0x00000000;
        private const uint ItcmCode = 0x400;
        private const uint Vectors = 166;
        /// <summary>Memory of module 0, of which every module has a page: process stack, accesses, results.</summary>
        private const uint Ram = 0x24000000;
        private const uint FrameBytes = 64;
        private const uint OpBytes = 20;
        private const int RoomBytes = 60 * 1024;
        private const uint MpuCtrl = 0xE000ED94;
        private const uint SvcNumber = 11;
        private const uint ThumbState = 1u << 24;
        private const uint Refetched = 1u << 31 | 1;
        private const uint NotReached = 0x7FFFFFFF;
        private const ushort BranchToItself = 0xE7FE;
        private const ulong StepNs = 100000;
        private const ulong FlashStepNs = 10000000;
        private const ulong LongestNs = 30000000000;

        // Places in the code below.
        private const uint LoadWords = 0x18;
        private const uint LoadBytes = 0x2C;
        private const uint StoreWords = 0x42;
        private const uint StoreBytes = 0x56;
        private const uint After = 0x6A;
        private const uint Done = 0x74;
        private const uint Park = 0x76;
        private const uint Launch = 0x78;
        private const uint Fault = 0x8C;
        private const int AfterLiteral = 0xB0;

        private static readonly byte[] Code = Halfwords(
            // r4 next access, r5 end of them, r6 next result. An access: routine, address, count, next access, next result, data.
            0x42AC, 0xD037,                 // 00 cmp r4, r5; beq Done
            0xE894, 0x008F,                 // 04 ldmia r4, {r0, r1, r2, r3, r7}
            0x469A, 0x46BB, 0x46B0,         // 08 r10 = r3; r11 = r7; r8 = r6
            0x3604, 0x3414,                 // 0e r6 += 4; r4 += 20
            0x4684, 0x2000, 0x4760,         // 12 r12 = r0; r0 = 0; bx r12
            // LoadWords
            0x680B, 0xF3BF, 0x8F4F, 0xF3BF, 0x8F6F, // 18 ldr r3, [r1]; dsb; isb
            0xC608, 0x3104, 0x3A01, 0xD1F6, 0xE01E, // 22 stmia r6!, {r3}; r1 += 4; r2 -= 1; bne; b After
            // LoadBytes
            0x780B, 0xF3BF, 0x8F4F, 0xF3BF, 0x8F6F, // 2c ldrb r3, [r1]; dsb; isb
            0x7033, 0x3601, 0x3101, 0x3A01, 0xD1F5, 0xE013, // 36 strb r3, [r6]; r6 += 1; r1 += 1; r2 -= 1; bne; b After
            // StoreWords
            0xCC08, 0x600B, 0x3104, 0x3A01, 0xD1FA, // 42 ldmia r4!, {r3}; str r3, [r1]; r1 += 4; r2 -= 1; bne
            0xF3BF, 0x8F4F, 0xF3BF, 0x8F6F, 0xE009, // 4c dsb; isb; b After
            // StoreBytes
            0x7823, 0x700B, 0x3401, 0x3101, 0x3A01, 0xD1F9, // 56 ldrb r3, [r4]; strb r3, [r1]; r4 += 1; r1 += 1; r2 -= 1; bne
            0xF3BF, 0x8F4F, 0xF3BF, 0x8F6F, // 62 dsb; isb
            // After: a fault comes here with r0 = CFSR
            0xF8C8, 0x0000, 0x4654, 0x465E, 0xE7C5, // 6a str r0, [r8]; r4 = r10; r6 = r11; b 00
            // Done, Park
            0xDF00, 0xE7FE,                 // 74 svc 0; b .
            // Launch: r0 process stack, r1 CONTROL
            0xF380, 0x8809, 0xF381, 0x8814, 0xF3BF, 0x8F6F, // 78 msr psp, r0; msr control, r1; isb
            0xF06F, 0x0E02, 0x4770, 0xBF00, // 84 lr = 0xfffffffd; bx lr; nop
            // Fault: CFSR into the frame's r0, the frame's pc becomes After
            0xF01E, 0x0F04, 0xBF0C, 0xF3EF, 0x8008, 0xF3EF, 0x8009, // 8c tst lr, #4; r0 = msp or psp
            0x4904, 0x680A, 0x600A,         // 9a r1 = 0xe000ed28; r2 = [r1]; [r1] = r2
            0xF042, 0x4200, 0x6002,         // a0 r2 |= 1 << 31; [r0] = r2
            0x4B02, 0x6183, 0x4770,         // a6 r3 = After; [r0 + 24] = r3; bx lr
            0xED28, 0xE000, 0x0000, 0x0000); // ac CFSR's address; b0 After's

        private static byte[] Halfwords(params int[] halves)
        {
            return halves.SelectMany(half => new[] { (byte)half, (byte)(half >> 8) }).ToArray();
        }

        /// <summary>One access: `r32 A`, `w32 A V`, `r A N`, `w A HEX`.</summary>
        private class Op
        {
            public Op(string access)
            {
                var parts = access.Split(' ');
                Address = uint.Parse(parts[1]);
                Bytes = new byte[0];
                switch(parts[0])
                {
                case "r32":
                    ReadBytes = 4;
                    break;
                case "r":
                    ReadBytes = int.Parse(parts[2]);
                    break;
                case "w32":
                    Bytes = BitConverter.GetBytes(uint.Parse(parts[2]));
                    break;
                case "w":
                    Bytes = Enumerable.Range(0, parts[2].Length / 2).Select(index => Convert.ToByte(parts[2].Substring(2 * index, 2), 16)).ToArray();
                    break;
                default:
                    throw new RecoverableException($"native code: expected r32, w32, r or w, got {parts[0]}");
                }
                var length = Bytes.Length + ReadBytes;
                var words = Address % 4 == 0 && length % 4 == 0;
                Count = (uint)(words ? length / 4 : length);
                Routine = Bytes.Length > 0 ? (words ? StoreWords : StoreBytes) : (words ? LoadWords : LoadBytes);
            }

            public uint Address { get; }

            public byte[] Bytes { get; }

            public int ReadBytes { get; }

            public uint Count { get; }

            public uint Routine { get; }

            public int TableBytes => (int)OpBytes + (Bytes.Length + 3) / 4 * 4;

            public int ResultBytes => 4 + (ReadBytes + 3) / 4 * 4;
        }

        /// <summary>Registers and memories that the code uses.</summary>
        private class Saved
        {
            public Saved(NativeCode owner, long ramBytes)
            {
                if(ramBytes > RoomBytes)
                {
                    throw new RecoverableException($"native code: {ramBytes} bytes of accesses and results, room for {RoomBytes}");
                }
                this.owner = owner;
                registers = Kept.Select(owner.Register).ToArray();
                pc = (uint)owner.cpu.PC.RawValue;
                vectors = owner.cpu.VectorTableOffset;
                ram = owner.machine.SystemBus.ReadBytes(Ram, (int)ramBytes);
                itcm = owner.machine.SystemBus.ReadBytes(Itcm, (int)ItcmCode + Code.Length);
            }

            /// <summary>What lay there before, in place of what was read of these memories.</summary>
            public void Cover(byte[] bytes, uint address)
            {
                NativeCode.Cover(bytes, address, Ram, ram);
                NativeCode.Cover(bytes, address, Itcm, itcm);
            }

            public void Restore()
            {
                owner.machine.SystemBus.WriteBytes(ram, Ram);
                owner.machine.SystemBus.WriteBytes(itcm, Itcm);
                for(var index = 0; index < Kept.Length; index++)
                {
                    owner.Set(Kept[index], registers[index]);
                }
                owner.cpu.PC = pc;
                owner.cpu.VectorTableOffset = vectors;
            }

            private readonly NativeCode owner;
            private readonly uint[] registers;
            private readonly uint pc;
            private readonly uint vectors;
            private readonly byte[] ram;
            private readonly byte[] itcm;

            private static readonly CortexMRegisters[] Kept =
            {
                CortexMRegisters.R0, CortexMRegisters.R1, CortexMRegisters.R2, CortexMRegisters.R3, CortexMRegisters.R4, CortexMRegisters.R5, CortexMRegisters.R6,
                CortexMRegisters.R7, CortexMRegisters.R8, CortexMRegisters.R9, CortexMRegisters.R10, CortexMRegisters.R11, CortexMRegisters.R12, CortexMRegisters.SP,
                CortexMRegisters.LR, CortexMRegisters.Control, CortexMRegisters.OtherSP, CortexMRegisters.PRIMASK,
            };
        }
    }
}
