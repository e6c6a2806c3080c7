// The flash array: two banks of eight sectors, what each word holds and whether it can be read. No protection, no registers.
//
// A word is erased (all ones), programmed once, or unreadable: programmed twice or torn by a power cut, its ECC no longer fits, and it stays so until its
// sector is erased (RM0433 4.3.9 says that a second program "may" break the ECC: here it always does). A single wrong bit is corrected on reading
// (4.3.12). Left out: the ten ECC bits themselves, ageing.

using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public enum WordState : byte
    {
        Erased = 0,
        Programmed = 1,
        Unreadable = 2,
        Correctable = 3,
    }

    /// <summary>Hears of every change of the cells, so that what the core sees follows.</summary>
    public interface IArrayObserver
    {
        void CellsChanged(int at, int length);
    }

    public class FlashArray
    {
        public FlashArray(IArrayObserver observer)
        {
            this.observer = observer;
            cells = new byte[Sectors][];
            states = new byte[Sectors][];
        }

        /// <summary>What the cells hold; `at` counts from the start of bank 1.</summary>
        public byte[] Read(int at, int length)
        {
            var result = new byte[length];
            for(var done = 0; done < length;)
            {
                var offset = (at + done) % FlashGeometry.SectorBytes;
                var part = Math.Min(length - done, FlashGeometry.SectorBytes - offset);
                var sector = cells[(at + done) / FlashGeometry.SectorBytes];
                if(sector == null)
                {
                    Array.Fill(result, (byte)0xFF, done, part);
                }
                else
                {
                    Buffer.BlockCopy(sector, offset, result, done, part);
                }
                done += part;
            }
            return result;
        }

        public WordState State(int at)
        {
            var sector = states[at / FlashGeometry.SectorBytes];
            return sector == null ? WordState.Erased : (WordState)sector[at % FlashGeometry.SectorBytes / FlashGeometry.WordBytes];
        }

        /// <summary>Offset of the first word in the range that is in the state; -1: none.</summary>
        public int First(WordState state, int at, int length)
        {
            for(var word = at - at % FlashGeometry.WordBytes; word < at + length; word += FlashGeometry.WordBytes)
            {
                if(states[word / FlashGeometry.SectorBytes] == null)
                {
                    word += FlashGeometry.SectorBytes - word % FlashGeometry.SectorBytes - FlashGeometry.WordBytes;
                    continue;
                }
                if(State(word) == state)
                {
                    return word;
                }
            }
            return -1;
        }

        /// <summary>Programs one word: bits go from one to zero; a word that is not erased becomes unreadable.</summary>
        public void Program(int at, byte[] bytes)
        {
            var again = State(at) != WordState.Erased;
            var (sector, offset) = Writable(at);
            for(var index = 0; index < FlashGeometry.WordBytes; index++)
            {
                sector[offset + index] &= bytes[index];
            }
            SetState(at, again ? WordState.Unreadable : WordState.Programmed);
        }

        /// <summary>The word's cells are neither old nor new; null: they stay.</summary>
        public void Tear(int at, byte[] torn)
        {
            var (sector, offset) = Writable(at);
            if(torn != null)
            {
                Buffer.BlockCopy(torn, 0, sector, offset, FlashGeometry.WordBytes);
            }
            SetState(at, WordState.Unreadable);
        }

        /// <summary>One bit of a word has gone wrong: read right, and reported.</summary>
        public void Disturb(int at)
        {
            Writable(at);
            SetState(at, WordState.Correctable);
        }

        public void EraseWord(int at)
        {
            var (sector, offset) = Writable(at);
            Array.Fill(sector, (byte)0xFF, offset, FlashGeometry.WordBytes);
            SetState(at, WordState.Erased);
        }

        /// <param name="at">offset of the sector</param>
        public void EraseSector(int at)
        {
            cells[at / FlashGeometry.SectorBytes] = null;
            states[at / FlashGeometry.SectorBytes] = null;
            observer.CellsChanged(at, FlashGeometry.SectorBytes);
        }

        /// <summary>As a decapped chip shows it; unreadable words read as zero.</summary>
        public byte[] Peek(int at, int length)
        {
            var bytes = Read(at, length);
            for(var word = First(WordState.Unreadable, at, length); word >= 0; word = Next(word, at + length))
            {
                var from = Math.Max(word, at);
                Array.Clear(bytes, from - at, Math.Min(word + FlashGeometry.WordBytes, at + length) - from);
            }
            return bytes;
        }

        /// <summary>Sets bytes whatever they were; the words around them become readable.</summary>
        public void Poke(int at, byte[] bytes)
        {
            for(var done = 0; done < bytes.Length;)
            {
                var word = (at + done) / FlashGeometry.WordBytes * FlashGeometry.WordBytes;
                var unreadable = State(word) == WordState.Unreadable;
                var (sector, offset) = Writable(word);
                var skip = (at + done) % FlashGeometry.WordBytes;
                var part = Math.Min(bytes.Length - done, FlashGeometry.WordBytes - skip);
                if(unreadable)
                {
                    Array.Clear(sector, offset, FlashGeometry.WordBytes);
                }
                Buffer.BlockCopy(bytes, done, sector, offset + skip, part);
                var blank = true;
                for(var index = 0; index < FlashGeometry.WordBytes; index++)
                {
                    blank &= sector[offset + index] == 0xFF;
                }
                states[word / FlashGeometry.SectorBytes][offset / FlashGeometry.WordBytes] = (byte)(blank ? WordState.Erased : WordState.Programmed);
                done += part;
            }
            observer.CellsChanged(at, bytes.Length);
        }

        /// <summary>SHA-256, hex, over the hex hashes of each sector's cells and word states: the same as native_sim's.</summary>
        public string Hash()
        {
            var text = new StringBuilder();
            for(var index = 0; index < Sectors; index++)
            {
                var bytes = new byte[FlashGeometry.SectorBytes + WordsPerSector];
                if(cells[index] == null)
                {
                    Array.Fill(bytes, (byte)0xFF, 0, FlashGeometry.SectorBytes);
                }
                else
                {
                    Buffer.BlockCopy(cells[index], 0, bytes, 0, FlashGeometry.SectorBytes);
                    Buffer.BlockCopy(states[index], 0, bytes, FlashGeometry.SectorBytes, WordsPerSector);
                }
                text.Append(Hex(Sha256(bytes)));
            }
            return Hex(Sha256(Encoding.ASCII.GetBytes(text.ToString())));
        }

        public void Write(BinaryWriter writer)
        {
            for(var index = 0; index < Sectors; index++)
            {
                writer.Write(cells[index] != null);
                if(cells[index] != null)
                {
                    writer.Write(cells[index]);
                    writer.Write(states[index]);
                }
            }
        }

        public void Read(BinaryReader reader)
        {
            for(var index = 0; index < Sectors; index++)
            {
                var used = reader.ReadBoolean();
                cells[index] = used ? reader.ReadBytes(FlashGeometry.SectorBytes) : null;
                states[index] = used ? reader.ReadBytes(WordsPerSector) : null;
            }
        }

        public static string Hex(byte[] bytes)
        {
            return BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();
        }

        public static byte[] Sha256(byte[] bytes)
        {
            using(var sha = SHA256.Create())
            {
                return sha.ComputeHash(bytes);
            }
        }

        private int Next(int word, int end)
        {
            var from = word + FlashGeometry.WordBytes;
            return from >= end ? -1 : First(WordState.Unreadable, from, end - from);
        }

        private void SetState(int at, WordState state)
        {
            states[at / FlashGeometry.SectorBytes][at % FlashGeometry.SectorBytes / FlashGeometry.WordBytes] = (byte)state;
            observer.CellsChanged(at, FlashGeometry.WordBytes);
        }

        private (byte[] sector, int offset) Writable(int at)
        {
            var index = at / FlashGeometry.SectorBytes;
            if(cells[index] == null)
            {
                cells[index] = new byte[FlashGeometry.SectorBytes];
                Array.Fill(cells[index], (byte)0xFF);
                states[index] = new byte[WordsPerSector];
            }
            return (cells[index], at % FlashGeometry.SectorBytes);
        }

        /// <summary>Cells and word states of each sector; null: the sector is erased.</summary>
        private readonly byte[][] cells;
        private readonly byte[][] states;
        private readonly IArrayObserver observer;

        private const int Sectors = FlashGeometry.FlashBytes / FlashGeometry.SectorBytes;
        private const int WordsPerSector = FlashGeometry.SectorBytes / FlashGeometry.WordBytes;
    }

    /// <summary>What an operation leaves that its supply did not outlast, decided by the seed and the operation's number (as native_sim's torn.ts).</summary>
    public static class Torn
    {
        /// <summary>Some of the bits that were to be cleared are.</summary>
        public static void Program(FlashArray array, int at, byte[] bytes, string seed)
        {
            var random = new Generator(seed);
            var cells = array.Read(at, FlashGeometry.WordBytes);
            for(var index = 0; index < cells.Length; index++)
            {
                cells[index] = (byte)(cells[index] & (bytes[index] | random.Next()));
            }
            array.Tear(at, cells);
        }

        /// <summary>Each word is old, erased or unreadable.</summary>
        public static void Erase(FlashArray array, int[] sectors, string seed)
        {
            var random = new Generator(seed);
            foreach(var sector in sectors)
            {
                for(var at = sector; at < sector + FlashGeometry.SectorBytes; at += FlashGeometry.WordBytes)
                {
                    switch(random.Next() % 3)
                    {
                    case 1:
                        array.EraseWord(at);
                        break;
                    case 2:
                        array.Tear(at, null);
                        break;
                    }
                }
            }
        }

        /// <summary>xorshift32 from a text's FNV-1a hash.</summary>
        private class Generator
        {
            public Generator(string seed)
            {
                unchecked
                {
                    state = 0x811C9DC5;
                    foreach(var character in seed)
                    {
                        state = (state ^ character) * 0x01000193;
                    }
                    if(state == 0)
                    {
                        state = 1;
                    }
                }
            }

            public uint Next()
            {
                unchecked
                {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    return state >> 3;
                }
            }

            private uint state;
        }
    }
}
