// Flash memory 0x08000000..0x081FFFFF as the core meets it: fetched and read at the speed of RAM, yet every store reaches the flash interface, and reads
// of words that cannot simply be read (unreadable, corrected, being changed, read-protected) do so too.
//
// How: the pages are host memory that tlib is told to be ROM, a kind whose reads are direct and whose writes are bus accesses. Renode has no call for
// it: `TlibMapRange` takes the page's kind from the low bits of its start address (8: ROM), so it is called with `start | 8`. Pages with a word that
// must not be read directly are accessed over the bus (SetPageAccessViaIo: data only, code is still fetched); where a whole sector is concerned, or read
// protection hides all of it, it is unmapped. Measured on 1.16.1: a loop that loads from flash runs at 460 MIPS
// of host speed, as from plain MappedMemory.
//
// Left out: an instruction fetch from an unreadable word is no bus error: the core finds UDF instructions there (0xDE00) and takes a UsageFault.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    /// <summary>What the memory asks of the interface behind it.</summary>
    public interface IFlashAccess
    {
        /// <summary>A load over the bus; 0 where it is answered with an error.</summary>
        ulong Load(uint address, int sizeBytes);

        void Store(uint address, ulong value, int sizeBytes);

        byte[] Peek(uint address, int length);

        void Poke(uint address, byte[] bytes);
    }

    public class FlashMemory : IMemory, IMapped, IDisposable
    {
        public FlashMemory(IMachine machine)
        {
            this.machine = machine;
            image = new MappedMemory(machine, FlashGeometry.FlashBytes, FlashGeometry.SectorBytes);
            image.TouchAllSegments();
            image.WriteBytes(0, Enumerable.Repeat((byte)0xFF, FlashGeometry.FlashBytes).ToArray());
            busPages = new HashSet<uint>();
            unmapped = new bool[FlashGeometry.FlashBytes / FlashGeometry.SectorBytes];
        }

        public void Attach(IFlashAccess access)
        {
            this.access = access;
        }

        public void Reset()
        {
            // keeps what it holds
        }

        public void Dispose()
        {
            image.Dispose();
        }

        /// <summary>Tells the cores how the pages are to be accessed: at every start, as a core forgets it on being loaded from a file.</summary>
        public void Arm()
        {
            for(var sector = 0; sector < unmapped.Length; sector++)
            {
                Map(sector);
            }
            foreach(var page in busPages)
            {
                foreach(var cpu in Cores)
                {
                    cpu.SetPageAccessViaIo(page);
                }
            }
        }

        /// <summary>What the core sees at the address from now on.</summary>
        public void Show(uint address, byte[] bytes)
        {
            image.WriteBytes(address - FlashGeometry.Start, bytes);
            foreach(var cpu in Cores)
            {
                cpu.OrderTranslationBlocksInvalidation(new IntPtr(address), new IntPtr(address + bytes.Length));
            }
        }

        /// <summary>Whether data accesses to the page of the address go over the bus.</summary>
        public void SetPageOverBus(uint address, bool overBus)
        {
            var page = address & ~(PageBytes - 1);
            if(overBus ? !busPages.Add(page) : !busPages.Remove(page))
            {
                return;
            }
            foreach(var cpu in Cores)
            {
                if(overBus)
                {
                    cpu.SetPageAccessViaIo(page);
                }
                else
                {
                    cpu.ClearPageAccessViaIo(page);
                }
            }
        }

        /// <summary>Whether all accesses to the sector, fetches too, go over the bus.</summary>
        public void SetSectorUnmapped(int sector, bool isUnmapped)
        {
            if(unmapped[sector] != isUnmapped)
            {
                unmapped[sector] = isUnmapped;
                Map(sector);
            }
        }

        public IEnumerable<uint> PagesOverBus => busPages;

        public byte ReadByte(long offset)
        {
            return (byte)access.Load(Address(offset), 1);
        }

        public ushort ReadWord(long offset)
        {
            return (ushort)access.Load(Address(offset), 2);
        }

        public uint ReadDoubleWord(long offset)
        {
            return (uint)access.Load(Address(offset), 4);
        }

        public ulong ReadQuadWord(long offset)
        {
            return access.Load(Address(offset), 8);
        }

        public void WriteByte(long offset, byte value)
        {
            access.Store(Address(offset), value, 1);
        }

        public void WriteWord(long offset, ushort value)
        {
            access.Store(Address(offset), value, 2);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            access.Store(Address(offset), value, 4);
        }

        public void WriteQuadWord(long offset, ulong value)
        {
            access.Store(Address(offset), value, 8);
        }

        /// <summary>Loaders and the monitor: behind the interface's back, unreadable words as zeros.</summary>
        public byte[] ReadBytes(long offset, int count, IPeripheral context = null)
        {
            return access.Peek(Address(offset), count);
        }

        /// <summary>Loaders and the monitor: behind the interface's back.</summary>
        public void WriteBytes(long offset, byte[] array, int startingIndex, int count, IPeripheral context = null)
        {
            access.Poke(Address(offset), array.Skip(startingIndex).Take(count).ToArray());
        }

        public IEnumerable<IMappedSegment> MappedSegments => image.MappedSegments;

        public long Size => FlashGeometry.FlashBytes;

        public const uint PageBytes = 1024;

        private void Map(int sector)
        {
            var start = FlashGeometry.Start + (ulong)(sector * FlashGeometry.SectorBytes);
            foreach(var cpu in Cores)
            {
                if(unmapped[sector])
                {
                    Native(cpu, "TlibUnmapRange")(start, start + FlashGeometry.SectorBytes - 1);
                }
                else
                {
                    Native(cpu, "TlibMapRange")(start | KindRom, FlashGeometry.SectorBytes);
                }
            }
        }

        private static Action<ulong, ulong> Native(TranslationCPU cpu, string name)
        {
            var field = typeof(TranslationCPU).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic);
            if(field == null)
            {
                throw new RecoverableException($"flash memory: this Renode has no TranslationCPU.{name}; 1.16.1 is expected");
            }
            return (Action<ulong, ulong>)field.GetValue(cpu);
        }

        private static uint Address(long offset)
        {
            return FlashGeometry.Start + (uint)offset;
        }

        private IEnumerable<TranslationCPU> Cores => machine.SystemBus.GetCPUs().OfType<TranslationCPU>();

        private IFlashAccess access;
        private readonly HashSet<uint> busPages;
        private readonly bool[] unmapped;
        private readonly MappedMemory image;
        private readonly IMachine machine;

        /// <summary>tlib's IO_MEM_ROM in the low bits of a page's descriptor.</summary>
        private const ulong KindRom = 8;
    }
}
