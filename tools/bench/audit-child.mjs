/** `node audit-child.mjs MODULES LAYOUT REPORT`: audits a layout as the executor does, in a process of its own, and says what that took. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, folder, report] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { openLayout } = require(join(modules, 'layout.js'));
const { auditImage } = require(join(modules, 'audit', 'audit.js'));

const layout = openLayout(folder);
const facts = { base: { name: 'scratch', digest: null }, baseLayers: 1 };
const { analysis, findings } = await auditImage(layout, layout.images[0], facts, 10);
// Node.js gives kilobytes of 1,024 bytes.
const maxRss = process.resourceUsage().maxRSS * 1024;
writeFileSync(report, JSON.stringify({ files: analysis.files, findings: findings.length, maxRss }));
