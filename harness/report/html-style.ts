/** The style of report.html: system fonts, light and dark, readable in print. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --sim: #0a7ea4; --warn: #9a6700; --bad: #cf222e; --dim: #6e7781; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: .2rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { margin: 2rem 0 .2rem; } h4 { margin: .8rem 0 .3rem; }
code { font-size: .85em; overflow-wrap: anywhere; } small, .at, .trace, footer { color: var(--dim); }
table.coverage { border-collapse: collapse; width: 100%; } .coverage td, .coverage th { padding: .25rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
.coverage td:first-child { white-space: nowrap; } tr.label th { padding-top: 1rem; background: var(--soft); }
.chip { display: inline-block; padding: 0 .5em; border-radius: .6em; font-size: .85em; color: #fff; background: var(--dim); white-space: nowrap; }
.chip.pass, .chip.killed { background: var(--good); } .chip.simulated, .chip.argued { background: var(--sim); } .chip.partial { background: var(--warn); }
.chip.fail, .chip.error, .chip.survived { background: var(--bad); }
.mark { font-size: .8em; color: var(--dim); border: 1px solid var(--line); border-radius: .4em; padding: 0 .3em; }
details { margin: .3rem 0; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: .4em; } summary { cursor: pointer; }
div.dossier { border-left: 3px solid var(--sim); padding-left: .8rem; }
pre.error { white-space: pre-wrap; border-left: 3px solid var(--bad); padding-left: .6rem; }
svg.timeline { width: 100%; height: auto; font: 11px system-ui, sans-serif; background: var(--soft); border-radius: .4em; } svg text { fill: currentColor; } svg line { stroke: var(--line); }
svg .tick { fill: var(--dim); font-size: 10px; }
.lane-power { fill: #6e7781; } .lane-console { fill: #1a7f37; } .lane-modem { fill: #0a7ea4; } .lane-spi { fill: #8250df; } .lane-flash { fill: #bc4c00; }
.lane-debug, .lane-native { fill: #cf222e; } .lane-world { fill: #9a6700; }
@media print { details { break-inside: avoid; } }
`;
