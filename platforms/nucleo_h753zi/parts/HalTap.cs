// HalTap at 0xA0000000: not a part of the chip. Firmware built with -DHAL_TAP writes each HAL call here (SPEC 14's fields, laid out in SPEC 18), and the
// harness takes them in batches. An ordered, write-only queue of bytes with the virtual time of each record's end; production firmware has no access to it.
//
//   0x0  DATA    write 8, 16 or 32 bits: appended, little-endian
//   0x4  COMMIT  write: the bytes since the last commit are one record, stamped with virtual time

using System;
using System.Collections.Generic;
using System.Text;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class HalTap : IDoubleWordPeripheral, IWordPeripheral, IBytePeripheral, IKnownSize
    {
        public HalTap(IMachine machine)
        {
            this.machine = machine;
            open = new List<byte>();
            records = new List<string>();
        }

        /// <summary>What was committed stays: a reset is part of the story. What was open is told as torn.</summary>
        public void Reset()
        {
            if(open.Count > 0)
            {
                Commit("torn");
            }
        }

        /// <summary>Lines `ns whole|torn hex`, in order, since the last call.</summary>
        public string Take()
        {
            var text = string.Join("\n", records);
            records.Clear();
            return text;
        }

        public int Pending => records.Count;

        public void WriteByte(long offset, byte value)
        {
            Write(offset, value, 1);
        }

        public void WriteWord(long offset, ushort value)
        {
            Write(offset, value, 2);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Write(offset, value, 4);
        }

        public byte ReadByte(long offset)
        {
            return (byte)ReadDoubleWord(offset);
        }

        public ushort ReadWord(long offset)
        {
            return (ushort)ReadDoubleWord(offset);
        }

        public uint ReadDoubleWord(long offset)
        {
            this.Log(LogLevel.Warning, "read at 0x{0:X}: the tap is write-only", offset);
            return 0;
        }

        public long Size => 0x8;

        private void Write(long offset, uint value, int sizeBytes)
        {
            if(offset == CommitOffset)
            {
                Commit("whole");
                return;
            }
            if(offset != DataOffset)
            {
                this.Log(LogLevel.Warning, "write at 0x{0:X}: expected DATA (0) or COMMIT (4)", offset);
                return;
            }
            for(var index = 0; index < sizeBytes; index++)
            {
                open.Add((byte)(value >> (8 * index)));
            }
            if(open.Count >= LongestRecord)
            {
                this.Log(LogLevel.Error, "record of {0} bytes without COMMIT", open.Count);
                Commit("torn");
            }
        }

        private void Commit(string how)
        {
            if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
            {
                cpu.SyncTime();
            }
            records.Add($"{machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds} {how} {FlashArray.Hex(open.ToArray())}");
            open.Clear();
        }

        private readonly List<byte> open;
        private readonly List<string> records;
        private readonly IMachine machine;

        private const long DataOffset = 0x0;
        private const long CommitOffset = 0x4;
        private const int LongestRecord = 1 << 20;
    }
}
