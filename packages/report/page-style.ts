/** Colours, type and tables of every page; the colours pass WCAG's AA on their grounds in both schemes. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #1c2024; --soft: #60646c; --line: #d9d9e0; --page: #fff; --raised: #f9f9fb; --bad: #b3261e; --bad-page: #fdecea; --good: #1a7f37; --warn: #8a5a00; --accent: #0b68cb; }
@media (prefers-color-scheme: dark) { :root { --text: #edeef0; --soft: #b0b4ba; --line: #363a3f; --page: #111113; --raised: #1b1c1f; --bad: #ff9592; --bad-page: #3b1219; --good: #71d083; --warn: #ffca16; --accent: #70b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
p.verdict { font-size: 1.125rem; font-weight: 600; margin: .25rem 0 1.5rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .soft { color: var(--soft); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .5rem .75rem; display: flex; gap: .75rem; align-items: baseline; }
summary:focus-visible { border-radius: .5rem; }
summary .time { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .375rem .75rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
tr.failed { background: var(--bad-page); }
td.fix { padding-top: 0; border-top: 0; }
`.trim();

/** What the reports about images have beside that. Layers are c1 to c7 in turn; c0 is the base image. */
export const reportStyle = `
:root { --c0: #d5d8de; --c1: #a9cbf5; --c2: #f6c99b; --c3: #b3dfb8; --c4: #dcc2f2; --c5: #f3e08f; --c6: #a8dfe0; --c7: #f5bccb; --cell: #1c2024; --edge: rgb(0 0 0 / .22); }
@media (prefers-color-scheme: dark) { :root { --c0: #3d4149; --c1: #1f4e86; --c2: #74430f; --c3: #235c33; --c4: #553474; --c5: #5e5008; --c6: #12565a; --c7: #77293f; --cell: #f4f5f6; --edge: rgb(255 255 255 / .22); } }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
h2 .soft { font-weight: 400; font-size: .875rem; }
p { margin: .25rem 0 .5rem; }
code, .mono { font: .8125rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
nav.sections { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0 0; font-size: .875rem; }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .5rem; margin: 1rem 0; }
dl.tiles div { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .75rem; background: var(--raised); }
dl.tiles dt { color: var(--soft); font-size: .8125rem; }
dl.tiles dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
dl.tiles small { display: block; font-size: .8125rem; font-weight: 400; color: var(--soft); }
svg.bar { display: block; width: 100%; height: .625rem; border-radius: .3125rem; background: var(--line); }
svg.bar .fill { fill: var(--good); } svg.bar .fill.near { fill: var(--warn); } svg.bar .fill.over { fill: var(--bad); }
td svg.bar { width: 7rem; margin-top: .375rem; }
th.number, td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th.fixed, td.fixed { white-space: nowrap; overflow-wrap: normal; }
td.path { min-width: 14rem; }
.swatch { display: inline-block; width: .75rem; height: .75rem; border-radius: .1875rem; border: 1px solid var(--edge); vertical-align: -.0625rem; }
.c0 { background: var(--c0); } .c1 { background: var(--c1); } .c2 { background: var(--c2); } .c3 { background: var(--c3); } .c4 { background: var(--c4); } .c5 { background: var(--c5); } .c6 { background: var(--c6); } .c7 { background: var(--c7); }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .5rem 0; }
.controls fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: .75rem; }
.controls legend { float: left; padding: 0; margin-right: .75rem; color: var(--soft); }
.controls label { display: inline-flex; gap: .375rem; align-items: center; max-width: 100%; }
.controls input[type=search] { font: inherit; flex: 0 1 18rem; min-width: 0; width: 18rem; padding: .25rem .5rem; color: inherit; background: var(--page); border: 1px solid var(--soft); border-radius: .375rem; }
.crumbs ol { list-style: none; display: flex; flex-wrap: wrap; margin: .5rem 0; padding: 0; font-size: .875rem; }
.crumbs li + li::before { content: "/"; color: var(--soft); padding: 0 .125rem; }
.crumbs button, .hits button { font: inherit; color: var(--accent); background: none; border: 0; padding: .125rem .25rem; cursor: pointer; border-radius: .25rem; text-align: left; overflow-wrap: anywhere; }
.crumbs [aria-current] { color: var(--text); font-weight: 600; cursor: default; }
.map { position: relative; height: 30rem; background: var(--raised); border: 1px solid var(--line); border-radius: .375rem; overflow: hidden; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.map p { padding: 1rem; }
.cell { position: absolute; overflow: hidden; padding: 0; margin: 0; border: 1px solid var(--edge); color: var(--cell); font: .75rem/1.125rem system-ui, sans-serif; text-align: left; }
button.cell { cursor: pointer; }
.cell > .label { position: absolute; inset: 0 0 auto; height: 1.25rem; padding: 0 .25rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.cell > .label b { font-weight: 600; }
.cell.dim { opacity: .25; }
button.cell:hover { border-color: var(--text); }
button.cell:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; z-index: 1; opacity: 1; }
.status { min-height: 3rem; font-size: .875rem; margin: .5rem 0 0; overflow-wrap: anywhere; }
.hits ol { margin: .25rem 0; padding: 0; list-style: none; max-height: 14rem; overflow-y: auto; font-size: .875rem; }
.hits li { display: flex; gap: .75rem; justify-content: space-between; border-top: 1px solid var(--line); }
.hits li span { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; padding: .125rem .25rem; }
kbd { font: .75rem ui-monospace, monospace; border: 1px solid var(--line); border-radius: .1875rem; padding: 0 .25rem; background: var(--raised); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
ul.notes { margin: .5rem 0; padding-left: 1.25rem; font-size: .875rem; }
@media (max-width: 40rem) { body { padding: 1rem .75rem; } .map { height: 24rem; } th, td { padding: .375rem .5rem; } td.path { min-width: 9rem; } }
@media print { body { max-width: none; padding: 0; } nav.sections, .controls, .hits, .keys { display: none; } h2 { break-after: avoid; } tr, dl.tiles div { break-inside: avoid; } .scroll { overflow: visible; } .map { height: 24rem; break-inside: avoid; } }
`.trim();
