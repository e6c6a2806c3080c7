// HalPlayer at 0xA0005000: not a part of the chip. A runtime built with -DHAL_PLAYER reads here what a recording answers to its modules (chip/player.c, SPEC 19):
// each read gives the next word of the script; behind its end 3, which ends the device.

using System;
using System.IO;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class HalPlayer : IDoubleWordPeripheral, IKnownSize
    {
        /// <summary>From a file of little-endian words.</summary>
        public void Load(string path)
        {
            var bytes = File.ReadAllBytes(path);
            if(bytes.Length % 4 != 0)
            {
                throw new RecoverableException($"script: expected whole words, got {bytes.Length} bytes");
            }
            script = bytes;
            next = 0;
        }

        /// <summary>The device goes on within its script.</summary>
        public void Reset()
        {
        }

        public uint ReadDoubleWord(long offset)
        {
            if(next >= script.Length)
            {
                return NothingMore;
            }
            var word = BitConverter.ToUInt32(script, next);
            next += 4;
            return word;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            this.Log(LogLevel.Warning, "write: the player is read-only");
        }

        public long Size => 0x4;

        private byte[] script = new byte[0];
        private int next;

        private const uint NothingMore = 3;
    }
}
