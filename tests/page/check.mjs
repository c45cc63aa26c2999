// SPDX-License-Identifier: MIT
//
// Where: called by page.sh, with a file of pages to look at.
// What:  opens each in headless Chromium; fails where the page asks for anything but itself, where the browser or axe
//        complains, where it is wider than the screen; takes a picture of it.
// Why:   what a browser makes of a page cannot be read from its octets.
//
//   node check.mjs PAGES.json MODULES
//   [{"url", "name", "width", "height", "dark", "picture": FILE or null}]; height 0: the whole page

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [pages, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// Without these it asks for updates and the like, which is its own business and not the page's.
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];

async function look(browser, { url, width, height, dark, picture }) {
    const wrong = [];
    const context = await browser.newContext({ viewport: { width, height: height || 800 }, colorScheme: dark ? "dark" : "light" });
    const page = await context.newPage();
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => wrong.push(`the browser says: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`the browser says: ${error}`));
    const answer = await page.goto(url, { waitUntil: "networkidle" });
    if (answer.status() !== 200) wrong.push(`status ${answer.status()}`);
    if (asked.length !== 1) wrong.push(`it asks for ${asked.join(", ")}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) wrong.push(`it is ${wide} pixels wider than the screen`);
    if (!(await page.evaluate(() => document.compatMode === "CSS1Compat"))) wrong.push("quirks mode");
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, help, nodes } of found.violations)
        wrong.push(`axe, ${id}: ${help}; ${nodes.length} times, as in ${nodes[0].html.slice(0, 160)}: ${nodes[0].failureSummary}`);
    if (picture) await page.screenshot({ path: picture, fullPage: height === 0 });
    await context.close();
    return wrong;
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: quiet });
let failed = 0;
for (const page of JSON.parse(readFileSync(pages, "utf8"))) {
    const wrong = await look(browser, page);
    for (const words of wrong) console.log(`${page.name}: ${words}`);
    failed += wrong.length;
}
await browser.close();
process.exit(failed === 0 ? 0 : 1);
