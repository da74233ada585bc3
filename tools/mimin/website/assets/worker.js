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
          this.waiting.splice(0).forEach((data) => this.postMessage(data));
        });
      };
      frame.addEventListener("load", start, { once: true });
      frame.srcdoc = "<!doctype html><html lang=en><title>search</title><body></body></html>";
      (document.body || document.documentElement).appendChild(frame);
    }
    postMessage(data) {
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
