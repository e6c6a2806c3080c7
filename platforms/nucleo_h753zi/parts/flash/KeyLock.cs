// The lock of one control register: two keys in order open it, anything else shuts it until the next system reset and is answered with a bus
// error. RM0433 4.5.1; a third key, or the sequence given twice, counts as anything else (4.9, FLASH_CR1.LOCK1).

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public class KeyLock
    {
        /// <param name="forgiving">a defect: a wrong key is answered with an error and forgotten</param>
        public KeyLock(uint first, uint second, bool forgiving)
        {
            this.first = first;
            this.second = second;
            this.forgiving = forgiving;
        }

        public void Reset()
        {
            state = State.Locked;
        }

        /// <returns>false: a wrong sequence</returns>
        public bool Key(uint value)
        {
            if(state == State.Locked && value == first)
            {
                state = State.Half;
            }
            else if(state == State.Half && value == second)
            {
                state = State.Open;
            }
            else
            {
                return Wrong();
            }
            return true;
        }

        /// <summary>A write to another register, which between the two keys is a wrong sequence.</summary>
        /// <returns>false: it was</returns>
        public bool OtherRegister()
        {
            return state == State.Half ? Wrong() : true;
        }

        /// <summary>Software sets LOCK: a new sequence opens it again.</summary>
        public void Lock()
        {
            if(state == State.Open)
            {
                state = State.Locked;
            }
        }

        public bool Locked => state != State.Open;

        private bool Wrong()
        {
            state = forgiving ? State.Locked : State.Sealed;
            return false;
        }

        private State state;
        private readonly uint first;
        private readonly uint second;
        private readonly bool forgiving;

        private enum State
        {
            Locked,
            Half,
            Open,
            Sealed,
        }
    }
}
