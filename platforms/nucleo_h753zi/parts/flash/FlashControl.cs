// What the harness may do to the flash interface, from the monitor (`flash ...`): set-up, the laboratory's powers, accesses whose outcome is told instead
// of being the core's, and the list of operations. Numbers are decimal or 0x; bytes are hex.

using System;
using System.IO;
using System.Linq;
using System.Text;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public partial class Stm32h753Flash
    {
        /// <summary>A named defect (negative controls); the flash is as new afterwards, so set it before loading.</summary>
        public string Mutant
        {
            get => mutant;
            set
            {
                var name = value == "none" ? FlashMutant.None : value;
                if(!FlashMutant.All.Contains(name))
                {
                    throw new RecoverableException($"flash: expected a mutant of {string.Join(", ", FlashMutant.All.Skip(1))} or none, got {value}");
                }
                mutant = name;
                Renew();
            }
        }

        /// <summary>Decides what torn operations leave; the flash is as new afterwards.</summary>
        public string Seed
        {
            get => seed;
            set
            {
                seed = value;
                Renew();
            }
        }

        /// <summary>The BOOT pin at the next reset: BOOT_CM7_ADD1 instead of BOOT_CM7_ADD0.</summary>
        public bool BootPin { get; set; }

        /// <summary>The supply is gone, by a cut at an operation or by hand: the core is halted, and nothing answers until the next reset.</summary>
        public bool PowerLost { get; private set; }

        public int RdpLevel => model.RdpLevel;

        public bool Swapped => model.Swapped;

        public bool Hidden => model.Hidden;

        /// <summary>IWDG1_SW is clear: the watchdog runs from reset on (4.4.5).</summary>
        public bool HardwareWatchdog => (model.Options.Current.Optsr & Optsr.IWDG1_SW) == 0;

        /// <summary>How often RDP level 1 was left for 0: backup registers were erased as often.</summary>
        public int Regressions { get; private set; }

        /// <summary>Programs, erases and option changes begun so far: what a power cut counts.</summary>
        public int Operations => model.Operations;

        /// <summary>The core, halted since a reset, goes when the machine runs again, and not before it knows where its vectors are.</summary>
        public void WakeCore()
        {
            wakeCore = true;
        }

        /// <summary>The core is halted, and stays so until it is let go.</summary>
        public void HoldCore()
        {
            wakeCore = false;
            cpu.IsHalted = true;
        }

        /// <summary>The supply goes between two runs. What a core without time would have fetched is not told.</summary>
        public void PowerOff()
        {
            bootPending = false;
            fetches.Clear();
            GoDark();
        }

        /// <summary>An operation runs or waits, or options are being changed.</summary>
        public bool IsBusy => ((model.ReadRegister(FlashRegister.SR) | model.ReadRegister(FlashRegister.SR + FlashRegister.Bank2Offset)) & (Sr.BSY | Sr.QW)) != 0;

        /// <summary>Where power goes, counted from now, 1-based; 0: nowhere. Mode: before, torn, after.</summary>
        public void CutPower(int operation, string mode)
        {
            if(operation < 0 || (mode != "before" && mode != "torn" && mode != "after"))
            {
                throw new RecoverableException($"flash: expected an operation from 0 and before, torn or after, got {operation} {mode}");
            }
            model.CutPower(operation, mode);
        }

        /// <summary>The cut that waits, as CutPower takes it: operations until it, and how; 0 none.</summary>
        public string WaitingCut => model.WaitingCut;

        /// <summary>A debugger attaches: an intrusion at level 1. False: the port does not answer.</summary>
        public bool AttachDebugger()
        {
            return model.AttachDebugger();
        }

        /// <summary>One bit wrong (single) or more (double) in the flash word of the address.</summary>
        public void Disturb(uint address, string error)
        {
            if(error != "single" && error != "double")
            {
                throw new RecoverableException($"flash: expected single or double, got {error}");
            }
            model.Disturb(address, error == "single");
        }

        public uint BootAddress(bool pinHigh)
        {
            return model.BootAddress(pinHigh);
        }

        /// <summary>SHA-256 of all contents, unreadable words included; the same as native_sim's.</summary>
        public string ContentsHash()
        {
            return model.Hash();
        }

        public string PeekHex(uint address, int length)
        {
            return FlashArray.Hex(model.Peek(address, length, false));
        }

        /// <summary>With what the cells of unreadable words hold.</summary>
        public string PeekCellsHex(uint address, int length)
        {
            return FlashArray.Hex(model.Peek(address, length, true));
        }

        public void PokeHex(uint address, string hex)
        {
            model.Poke(address, FromHex(hex));
        }

        /// <summary>The bytes of a file, as many as a command line cannot hold.</summary>
        public void PokeFile(uint address, string path)
        {
            model.Poke(address, File.ReadAllBytes(path));
        }

        public uint PeekOption(int register)
        {
            return model.ReadRegister(register);
        }

        public void PokeOption(int register, uint value)
        {
            if(!model.PokeOption(register, value))
            {
                throw new RecoverableException($"flash: register 0x{register:x} holds no option");
            }
        }

        /// <summary>Waits until no operation runs or waits.</summary>
        public void Drain()
        {
            Guard(() => model.Drain());
        }

        /// <summary>Lines `ns op address outcome bytes note` since the last call.</summary>
        public string TakeEvents()
        {
            model.Settle();
            var text = string.Join("\n", events);
            events.Clear();
            return text;
        }

        /// <summary>Lines `ns vectors pc kind`, one per reset that ended, since the last call.</summary>
        public string TakeFetches()
        {
            var text = string.Join("\n", fetches);
            fetches.Clear();
            return text;
        }

        public bool HasFetched => fetches.Count > 0;

        /// <summary>A defect for negative controls: where the core takes its vectors from after any reset but power-on; 0: none.</summary>
        public uint WarmResetVectors { get; set; }

        /// <summary>Lines `cells address hex` and `blank address length` of the words that changed since the last call.</summary>
        public void AppendChanges(StringBuilder text)
        {
            model.Settle();
            for(var word = 0; anyChanged && word < changed.Length;)
            {
                if(!changed[word])
                {
                    word++;
                    continue;
                }
                var first = word;
                while(word < changed.Length && changed[word])
                {
                    changed[word++] = false;
                }
                AppendCells(text, FlashGeometry.Start + (uint)(first * FlashGeometry.WordBytes), (word - first) * FlashGeometry.WordBytes);
            }
            anyChanged = false;
        }

        /// <summary>Contents, word states, options and the count of operations go into a file; see Restore.</summary>
        public void SaveContents(string path)
        {
            using(var writer = new BinaryWriter(File.Create(path)))
            {
                model.Write(writer);
            }
        }

        /// <summary>Becomes what SaveContents wrote, on a board without power.</summary>
        public void LoadContents(string path)
        {
            using(var reader = new BinaryReader(File.OpenRead(path)))
            {
                model.Read(reader);
            }
            MemoryChanged(FlashGeometry.Start, FlashGeometry.FlashBytes);
            Array.Clear(changed, 0, changed.Length);
            anyChanged = false;
            events.Clear();
            fetches.Clear();
            PowerLost = true;
        }

        /// <summary>An access on the bus by a debugger or a test: `ok`, `ok HEX`, `fault` or `power-loss`.</summary>
        public string TryReadRegister(int register)
        {
            return Try(() => $"ok {model.ReadRegister(register):x8}");
        }

        public string TryWriteRegister(int register, uint value, int sizeBytes)
        {
            return Try(() =>
            {
                model.WriteRegister(register, value, sizeBytes);
                return "ok";
            });
        }

        public string TryRead(uint address, int length)
        {
            return Try(() => "ok " + FlashArray.Hex(model.ReadMemory(address, length)));
        }

        public string TryWrite(uint address, string hex)
        {
            return Try(() =>
            {
                model.WriteMemory(address, FromHex(hex));
                return "ok";
            });
        }

        /// <summary>What runs is torn, what waits is lost, and the core stops where it is.</summary>
        private void GoDark()
        {
            if(!PowerLost)
            {
                model.Reset(true);
                PowerLost = true;
            }
            HoldCore();
        }

        /// <summary>Runs of blank words apart from the others.</summary>
        private void AppendCells(StringBuilder text, uint address, int length)
        {
            var bytes = model.Peek(address, length, false);
            var words = length / FlashGeometry.WordBytes;
            for(var word = 0; word < words;)
            {
                var first = word;
                var blank = IsBlank(bytes, word);
                while(word < words && IsBlank(bytes, word) == blank)
                {
                    word++;
                }
                var at = address + (uint)(first * FlashGeometry.WordBytes);
                var size = (word - first) * FlashGeometry.WordBytes;
                text.Append(blank ? $"blank {at} {size}\n" : $"cells {at} {FlashArray.Hex(bytes.Skip(first * FlashGeometry.WordBytes).Take(size).ToArray())}\n");
            }
        }

        private static bool IsBlank(byte[] bytes, int word)
        {
            for(var index = word * FlashGeometry.WordBytes; index < (word + 1) * FlashGeometry.WordBytes; index++)
            {
                if(bytes[index] != 0xFF)
                {
                    return false;
                }
            }
            return true;
        }

        private string Try(Func<string> access)
        {
            if(PowerLost)
            {
                return "power-loss";
            }
            try
            {
                return access();
            }
            catch(FlashBusFault)
            {
                return "fault";
            }
            catch(FlashPowerCut cut)
            {
                LosePower(cut);
                return "power-loss";
            }
        }

        private void Renew()
        {
            model = new FlashInterface(this, mutant, seed);
            PowerLost = false;
            MemoryChanged(FlashGeometry.Start, FlashGeometry.FlashBytes);
            events.Clear();
            fetches.Clear();
        }

        private static byte[] FromHex(string hex)
        {
            if(hex.Length % 2 != 0)
            {
                throw new RecoverableException($"flash: expected pairs of hex digits, got {hex.Length} digits");
            }
            var bytes = new byte[hex.Length / 2];
            for(var index = 0; index < bytes.Length; index++)
            {
                bytes[index] = Convert.ToByte(hex.Substring(2 * index, 2), 16);
            }
            return bytes;
        }

        private string mutant = FlashMutant.None;
    }
}
