/**
 * th-atomic-update.1 on a device that was updated before: boot's status of the former install is there, and whole, until the next one erases it. What a cut within that erase
 * leaves of it is chance, so it is torn in many ways. Beside th-atomic-update.ts.
 */
import { subjectFor } from '../../campaign/powercut/bench.ts';
import { formatCase } from '../../campaign/powercut/case.ts';
import { Explorer } from '../../campaign/powercut/explorer.ts';
import { scenarioNamed } from '../../campaign/powercut/scenarios.ts';
import { sampleCampaign } from '../atomic-sample.ts';
import { CheckFailure, defineChecks } from '../check.ts';

const SCENARIO = 'install-again';
/** The install's number, the erase of the former one's status, the first word of its own. */
const FIRST_OPERATIONS = 3;
const TEARS = 48;
const CHIP_CASES = 2;

export const checks = defineChecks('th-atomic-update', (check) => {
  check(
    'th-atomic-update.1/second-update',
    'on a device that was updated before, whatever a cut leaves of the former status: the next update is installed',
    async (lab) => {
      if (lab.isSampled) {
        await sampleCampaign(lab, { scenario: SCENARIO, cases: CHIP_CASES, losses: 1 });
        return;
      }
      const start = await subjectFor(lab, scenarioNamed(SCENARIO), 0);
      let cases = 0;
      for (let tear = 1; tear <= TEARS; tear++) {
        const subject = start.tornOtherwise(`${lab.seed}/${tear}`);
        const explorer = new Explorer(subject, { modes: ['torn'] });
        await explorer.explore(1, FIRST_OPERATIONS, 1);
        await subject.close();
        const { shortest } = explorer;
        if (shortest)
          throw new CheckFailure('every case to end well', shortest.why, `${formatCase(shortest.cuts)}, tear ${tear}`);
        cases += explorer.cases;
      }
      await start.close();
      lab.note(
        `${SCENARIO}: the first ${FIRST_OPERATIONS} operations torn in ${TEARS} ways, ${cases} cases, none fails`,
      );
    },
  );
});
