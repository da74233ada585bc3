/* Browsers start no workers from file://. The search runs in one, so give it a frame instead. */
(function () {
  "use strict";
  if (location.protocol !== "file:") return;
  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.onmessage = null;
      this.waiting = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      frame.setAttribute("aria-hidden", "true");
      const address = new URL(url, location.href).href;
      const answer = (data) => {
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      const start = () => {
        const inside = frame.contentWindow;
        const page = inside.document;
        inside.postMessage = (data) => answer(data);
        inside.importScripts = (...names) =>
          names.reduce(
            (done, name) =>
              done.then(
                () =>
                  new Promise((resolve, reject) => {
                    const script = page.createElement("script");
                    script.src = new URL(name, address).href;
                    script.onload = resolve;
                    script.onerror = reject;
                    page.body.appendChild(script);
                  })
              ),
            Promise.resolve()
          );
        inside.importScripts(address).then(() => {
          this.inside = inside;
          this.waiting.splice(0).forEach((data) => this.send(data));
        });
      };
      frame.addEventListener("load", start, { once: true });
      frame.srcdoc = "<!doctype html><html lang=en><title>search</title><body></body></html>";
      (document.body || document.documentElement).appendChild(frame);
    }
    postMessage(data) {
      this.send(data);
    }
    send(data) {
      if (!this.inside) {
        this.waiting.push(data);
        return;
      }
      this.inside.dispatchEvent(new MessageEvent("message", { data }));
    }
    terminate() {}
  }
  window.Worker = FrameWorker;
})();

/* The search looks for words between spaces. The index of a site with texts in scripts without spaces
   is parted letter by letter (search.py), so ask for each letter, and for all of them. */
(function () {
  "use strict";
  const LETTER =
    /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1a20-\u1aaf\u1b00-\u1b7f\u3005-\u3007\u3041-\u30fa\u30fc-\u312f\u31f0-\u31ff\u3400-\u9fff\ua980-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f]\p{M}*/gu;
  const QUERY = 2; // SearchMessageType of Material for MkDocs
  const apart = (word) =>
    /^[-+]/.test(word) || word.search(LETTER) < 0
      ? word
      : word.replace(/"/g, " ").replace(LETTER, " +$&* ");
  window.Worker = class extends window.Worker {
    postMessage(message, ...more) {
      if (message && message.type === QUERY && typeof message.data === "string") {
        const data = message.data.split(/(\s+)/).map(apart).join("").trim();
        message = { ...message, data };
      }
      super.postMessage(message, ...more);
    }
  };
})();
