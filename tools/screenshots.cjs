// Pictures of the verifier's pages, as tools/screenshots.sh asks for them:
//   node screenshots.cjs URL FOLDER NAME=FILE ...
// A NAME without a FILE is the form itself. Needs puppeteer-core and chromium.
const puppeteer = require("puppeteer-core");

const [url, folder, ...pages] = process.argv.slice(2);
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844, isMobile: true, hasTouch: true } };

(async () => {
  const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const page of pages) {
      const [name, file] = page.split("=");
      const tab = await browser.newPage();
      tab.on("console", (line) => console.error(`${name} ${size}: ${line.text()}`));
      tab.on("pageerror", (error) => console.error(`${name} ${size}: ${error}`));
      await tab.setViewport(viewport);
      await tab.goto(`${url}/verify`);
      if (file) {
        const input = await tab.$("input[type=file]");
        await Promise.all([tab.waitForNavigation({ timeout: 60000 }), input.uploadFile(file)]);
      }
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      if (wide > viewport.width) console.error(`${name} ${size}: ${wide} dots wide`);
      await tab.screenshot({ path: `${folder}/${name}-${size}.png`, fullPage: true });
      await tab.close();
    }
  }
  await browser.close();
})();
