// Programs, erases and option changes as they meet the array: protections just before they act (RM0433 4.3.9), the count that a power cut goes by, what
// a torn one leaves, and what the observer hears.

using System;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    /// <summary>What the interface needs of the machine.</summary>
    public interface IFlashHost
    {
        ulong NowNs { get; }

        /// <summary>Waits in virtual time until the instant.</summary>
        void StallUntil(ulong ns);

        /// <summary>The interface works until the instant, at which the supply goes; the core does nothing more.</summary>
        void LosePowerAt(ulong ns);

        /// <summary>The cells or the mapping changed: what the core sees follows. Bus addresses.</summary>
        void MemoryChanged(uint address, int length);

        /// <summary>A command runs: reads of what it changes have to wait.</summary>
        void CommandStarted(uint address, int length, ulong endNs);

        /// <summary>RDP level 1 to 0 also erases backup SRAM and RTC backup registers (4.5.3).</summary>
        void Regressed();

        /// <summary>Read protection came or went.</summary>
        void AccessChanged();

        /// <param name="outcome">done, unreadable, torn, cut or refused</param>
        void Operation(string op, uint address, string outcome, string note, byte[] bytes);

        void Warn(string message);
    }

    public class FlashOperations
    {
        public FlashOperations(FlashInterface flash, FlashArray array, IFlashHost host, string mutant)
        {
            this.flash = flash;
            this.array = array;
            this.host = host;
            this.mutant = mutant;
            removing = new bool[2];
        }

        /// <summary>Decides what a torn operation leaves.</summary>
        public string Seed { get; set; } = "1";

        /// <summary>Programs, erases and option changes that were begun since the beginning.</summary>
        public int Count { get; private set; }

        /// <summary>Where power goes, counted from now; 0: nowhere.</summary>
        public void CutPower(int operation, string mode)
        {
            cutAt = operation == 0 ? 0 : Count + operation;
            cutMode = mode;
        }

        /// <summary>Operations until the cut that waits, and its mode; 0: none.</summary>
        public string WaitingCut => $"{(cutAt > Count ? cutAt - Count : 0)} {cutMode ?? "before"}";

        /// <summary>Goes on from another board's count; no cut is set.</summary>
        public void Restart(int count)
        {
            Count = count;
            cutAt = 0;
            Reset();
        }

        public void Reset()
        {
            removing[0] = false;
            removing[1] = false;
        }

        /// <summary>Both banks are to be erased: protection may go with both.</summary>
        public void MassErase()
        {
            removing[0] = flash.Options.RemovesProtection(0, true);
            removing[1] = flash.Options.RemovesProtection(1, true);
        }

        /// <returns>false: a protection refuses it</returns>
        public bool Begin(int bank, FlashCommand command)
        {
            var wholeBank = command.IsErase && command.Sectors.Length > 1;
            if(wholeBank && flash.Options.RemovesProtection(bank, false))
            {
                removing[bank] = true;
            }
            var sectors = command.IsErase ? command.Sectors : new[] { command.At / FlashGeometry.SectorBytes };
            var wpsn = flash.Options.Current.Wpsn(bank);
            var protectedSector = sectors.Any(sector => (wpsn & (1u << sector)) == 0);
            var lifted = mutant == FlashMutant.IgnoresWrp || (wholeBank && removing[bank]);
            var hidden = flash.Hidden;
            if(hidden || (protectedSector && !lifted))
            {
                Tell("refused", AddressOf(bank, command), "refused", hidden ? "WRPERR: read protection" : "WRPERR", null);
                return false;
            }
            switch(CountOne(command.DurationNs))
            {
            case "before":
                Tell(command.IsErase ? "erase" : "program", AddressOf(bank, command), "cut", null, null);
                throw new FlashPowerCut(Count, "before");
            case "torn":
                Tear(bank, command);
                throw new FlashPowerCut(Count, "torn");
            case "after":
                Complete(bank, command);
                throw new FlashPowerCut(Count, "after");
            default:
                return true;
            }
        }

        public void Complete(int bank, FlashCommand command)
        {
            if(command.IsErase)
            {
                Erase(bank, command);
            }
            else
            {
                Program(bank * FlashGeometry.BankBytes + command.At, command.Bytes);
            }
        }

        public void Tear(int bank, FlashCommand command)
        {
            var address = AddressOf(bank, command);
            if(command.IsErase)
            {
                var offsets = command.Sectors.Select(sector => bank * FlashGeometry.BankBytes + sector * FlashGeometry.SectorBytes).ToArray();
                Torn.Erase(array, offsets, TornSeed);
                Tell("erase", address, "torn", $"{command.Sectors.Length} sectors", null);
                return;
            }
            if(mutant != FlashMutant.TornWordReadsOld)
            {
                Torn.Program(array, bank * FlashGeometry.BankBytes + command.At, command.Bytes, TornSeed);
            }
            Tell("program", address, "torn", null, command.Bytes);
        }

        public void BeginOptions(OptionBytes after, bool regression, ulong durationNs)
        {
            var mode = CountOne(durationNs);
            switch(mode)
            {
            case null:
                return;
            case "before":
                Tell("options", Optcr.Address, "cut", null, null);
                break;
            case "torn":
                if(regression)
                {
                    TearAll();
                }
                Tell("options", Optcr.Address, "torn", null, null);
                break;
            case "after":
                flash.Options.Finish(after, regression);
                break;
            }
            throw new FlashPowerCut(Count, mode);
        }

        public void OptionsChanged(OptionBytes after)
        {
            Tell("options", Optcr.Address, "done", after.ToString(), null);
            host.AccessChanged();
        }

        /// <summary>RDP level 1 to 0: write-protected sectors too (4.5.3).</summary>
        public void Regress()
        {
            foreach(var sector in AllSectors)
            {
                array.EraseSector(sector);
            }
            Tell("erase", FlashGeometry.Start, "done", "RDP regression: both banks", null);
            host.Regressed();
        }

        public void TearAll()
        {
            Torn.Erase(array, AllSectors, TornSeed);
        }

        private void Program(int at, byte[] bytes)
        {
            if(array.State(at) != WordState.Erased && mutant == FlashMutant.DoubleProgramAllowed)
            {
                var both = array.Read(at, FlashGeometry.WordBytes);
                for(var index = 0; index < both.Length; index++)
                {
                    both[index] &= bytes[index];
                }
                array.Poke(at, both);
            }
            else
            {
                array.Program(at, bytes);
            }
            Tell("program", flash.BusAddress(at), array.State(at) == WordState.Unreadable ? "unreadable" : "done", null, bytes);
        }

        private void Erase(int bank, FlashCommand command)
        {
            foreach(var sector in command.Sectors)
            {
                array.EraseSector(bank * FlashGeometry.BankBytes + sector * FlashGeometry.SectorBytes);
            }
            Tell("erase", AddressOf(bank, command), "done", $"{command.Sectors.Length} sectors", null);
            if(command.Sectors.Length > 1 && removing[bank])
            {
                removing[bank] = false;
                flash.Options.RemoveProtection(bank);
            }
        }

        /// <summary>Counts an operation; where the cut falls on it, waits until the supply goes and says how.</summary>
        private string CountOne(ulong durationNs)
        {
            Count += 1;
            if(cutAt != Count)
            {
                return null;
            }
            cutAt = 0;
            if(cutMode == "torn")
            {
                host.LosePowerAt(host.NowNs + durationNs / 2);
            }
            if(cutMode == "after")
            {
                host.LosePowerAt(host.NowNs + durationNs);
            }
            return cutMode;
        }

        private string TornSeed => $"{Seed}/{Count}";

        private uint AddressOf(int bank, FlashCommand command)
        {
            var at = command.IsErase ? command.Sectors[0] * FlashGeometry.SectorBytes : command.At;
            return flash.BusAddress(bank * FlashGeometry.BankBytes + at);
        }

        /// <summary>The note begins with the outcome where that is not the plain one.</summary>
        private void Tell(string op, uint address, string outcome, string note, byte[] bytes)
        {
            var plain = outcome == "done" || outcome == "refused";
            var text = plain ? note : note == null ? outcome : $"{outcome}, {note}";
            host.Operation(op, address, outcome, text, bytes);
        }

        private int cutAt;
        private string cutMode;
        private readonly bool[] removing;
        private readonly FlashInterface flash;
        private readonly FlashArray array;
        private readonly IFlashHost host;
        private readonly string mutant;

        private static readonly int[] AllSectors =
            Enumerable.Range(0, FlashGeometry.FlashBytes / FlashGeometry.SectorBytes).Select(sector => sector * FlashGeometry.SectorBytes).ToArray();
    }
}
