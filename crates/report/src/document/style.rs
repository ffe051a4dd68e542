//! The style sheet of the page.

/// Restrained typography: text in the system's serif or sans-serif, numbers in columns, nothing that moves.
pub(crate) const PAGE_CSS: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1c1c1e;--text:#2c2c30;--muted:#6e6e73;--rule:#d9d9de;\
--tint:#f6f6f8;--best:#e3f1ea;--best-ink:#00553d}\
*{box-sizing:border-box}\
body{margin:0;background:var(--paper);color:var(--text);font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,\
'Helvetica Neue',Arial,sans-serif;-webkit-text-size-adjust:100%}\
main{max-width:920px;margin:0 auto;padding:56px 30px 40px}\
h1,h2{font-family:'Iowan Old Style','Palatino Linotype',Palatino,Charter,Georgia,serif;color:var(--ink);\
line-height:1.2;font-weight:600;text-wrap:balance}\
h1{font-size:2.25rem;margin:0 0 .35rem;letter-spacing:-.01em}\
h2{font-size:1.45rem;margin:3rem 0 .8rem;padding-top:1.1rem;border-top:1px solid var(--rule)}\
.subtitle{margin:0 0 2rem;color:var(--muted);font-size:1.1rem;line-height:1.45}\
p{margin:0 0 1rem;max-width:72ch}\
nav{margin:2rem 0;padding:1rem 1.4rem;background:var(--tint);border-radius:6px;font-size:.95rem}\
nav ol{margin:.3rem 0 0;padding-left:1.3rem}nav a{color:inherit;text-decoration:none}\
nav a:hover{text-decoration:underline}nav strong{color:var(--ink)}\
figure{margin:1.8rem 0;break-inside:avoid}\
figure svg{display:block;max-width:100%;height:auto;margin:0 auto}\
figcaption,caption{color:var(--muted);font-size:.9rem;line-height:1.45;text-align:left;caption-side:top}\
figcaption{margin:.6rem 0 0;max-width:780px}caption{padding-bottom:.5rem}\
figcaption b,caption b{color:var(--ink);font-weight:600}\
.scroll{overflow-x:auto;margin:1.8rem 0}\
table{border-collapse:collapse;min-width:min(100%,560px);font-size:.93rem;font-variant-numeric:tabular-nums}\
thead th{border-top:1.5px solid var(--ink);border-bottom:1px solid var(--ink);color:var(--ink);font-weight:600}\
th,td{padding:.38rem .95rem .38rem .5rem;text-align:left;vertical-align:baseline}\
tbody tr+tr td{border-top:1px solid var(--rule)}tbody tr:last-child td{border-bottom:1.5px solid var(--ink)}\
.r{text-align:right}.c{text-align:center}\
td.best{background:var(--best);color:var(--best-ink);font-weight:600}\
.equations{margin:1.4rem 0;padding:1rem 1.4rem;background:var(--tint);border-radius:6px;overflow-x:auto}\
.equations math{font-size:1.12rem}.equations mtd{padding:.3rem .22rem;text-align:left;text-align:-webkit-left}\
.equations mtd:first-child{text-align:right;text-align:-webkit-right}\
pre{margin:1.4rem 0;padding:1rem 1.4rem;background:var(--tint);border-radius:6px;overflow-x:auto;\
font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.6rem;margin:1.4rem 0;font-size:.95rem;\
font-variant-numeric:tabular-nums}\
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}\
footer{margin-top:3.5rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.85rem}\
@media screen and (prefers-color-scheme:dark){:root{--paper:#16181c;--ink:#f2f2f4;--text:#d3d3d8;--muted:#98989f;\
--rule:#34373e;--tint:#1e2126;--best:#143a2e;--best-ink:#8fe3c4}}\
@media (max-width:600px){main{padding:32px 16px}h1{font-size:1.75rem}dl{grid-template-columns:1fr;gap:0 0}\
dd{margin-bottom:.6rem}}\
@media print{:root{color-scheme:light}@page{margin:18mm}body{font-size:10.5pt}main{max-width:none;padding:0}\
nav,.equations,pre{border:1px solid var(--rule)}h2{break-after:avoid}tr{break-inside:avoid}\
.scroll,.equations,pre{overflow:visible}pre{white-space:pre-wrap}}";
