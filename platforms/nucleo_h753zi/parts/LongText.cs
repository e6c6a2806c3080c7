// Answers of the monitor as the harness takes them: a long one goes through a file, for Renode's server sends an answer in very small pieces. Not a part of the chip.

using System.IO;

namespace Antmicro.Renode.Peripherals.Proofboard
{
    public static class LongText
    {
        /// <returns>the text, or `@` and the name of a file that holds it, which is the reader's to remove</returns>
        public static string Of(string text)
        {
            if(text.Length <= Longest)
            {
                return text;
            }
            // In the folder that TMPDIR names: the process's own.
            var name = Path.GetTempFileName();
            File.WriteAllText(name, text);
            return "@" + name;
        }

        private const int Longest = 128;
    }
}
