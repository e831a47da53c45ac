// Updates the page and sends its forms without leaving it. Without script everything works by loading the page.
(() => {
  'use strict';
  const EVERY = 1000;
  const main = document.getElementById('main');
  const notice = document.getElementById('notice');
  const search = document.getElementById('search');
  const shown = new Map();
  let mark = main.dataset.mark;
  let asked = 0;
  let timer = 0;
  let lost = false;

  const say = (kind, text) => {
    notice.className = 'note ' + kind;
    notice.textContent = text;
  };

  const PAGED = ['customers', 'payments', 'offramps', 'bank', 'webhooks', 'log'];
  const view = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (PAGED.includes(name)) query.set(name, value);
    }
    for (const [name, value] of new FormData(search)) {
      if (value && !(name === 'integration' && value === '0')) query.set(name, value);
    }
    return query;
  };

  const isBusy = (part) => {
    const active = document.activeElement;
    if (part.contains(active) && active.matches('input, select, textarea')) return true;
    const selection = document.getSelection();
    return selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  };

  // Replaces the content of a part of the page; open details and the focus stay.
  const put = (part, content) => {
    const active = document.activeElement;
    const inside = part.contains(active);
    const row = inside ? active.closest('tr[id]') : null;
    const open = [...part.querySelectorAll('details[open]')].map((one) => one.id);
    part.innerHTML = content;
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (inside) {
      const again = (active.id && document.getElementById(active.id)) || (row && document.getElementById(row.id));
      again?.focus({ preventScroll: true });
    }
  };

  const show = (feed) => {
    let all = true;
    for (const [id, content] of Object.entries(feed.parts)) {
      const part = document.getElementById(id);
      if (!part || shown.get(id) === content) continue;
      if (isBusy(part)) {
        all = false;
        continue;
      }
      put(part, content);
      shown.set(id, content);
    }
    // A part was left out: the old mark makes the next feed bring it again.
    if (all) mark = feed.mark;
  };

  const refresh = async () => {
    clearTimeout(timer);
    const number = ++asked;
    try {
      const query = view();
      query.set('seen', mark);
      const answer = await fetch('/dashboard/feed?' + query, { cache: 'no-store' });
      if (number !== asked) return;
      if (answer.status === 200) show(await answer.json());
      else if (answer.status !== 204) throw new Error(String(answer.status));
      if (lost) say('', '');
      lost = false;
    } catch {
      if (number !== asked) return;
      lost = true;
      say('bad', 'The emulator does not answer. This page may be out of date.');
    }
    if (number === asked && !document.hidden) timer = setTimeout(refresh, EVERY);
  };

  const complaint = async (answer) => {
    try {
      const body = await answer.json();
      return body.error || body.message || 'The command was refused.';
    } catch {
      return 'The command was refused.';
    }
  };

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (form === search) {
      event.preventDefault();
      refresh();
      return;
    }
    if (!form.hasAttribute('data-do')) return;
    event.preventDefault();
    const button = event.submitter;
    const address = button?.getAttribute('formaction') ?? form.getAttribute('action');
    try {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams(new FormData(form, button)),
      });
      if (answer.ok) {
        say('good', 'Done: ' + (button?.getAttribute('aria-label') || button?.textContent || 'sent') + '.');
        if (form.hasAttribute('data-clear')) form.reset();
        if (form.contains(document.activeElement)) button?.focus();
      } else {
        say('bad', await complaint(answer));
      }
    } catch {
      say('bad', 'The emulator does not answer.');
    }
    refresh();
  });

  let typing = 0;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      const query = new URLSearchParams(view());
      // Another search may have fewer pages.
      for (const section of PAGED) query.delete(section);
      history.replaceState(null, '', (query.size ? '/?' + query : '/') + location.hash);
      refresh();
    }, 150);
  });
  // The addresses of buttons name the integration, so another integration is another page.
  document.getElementById('integration')?.addEventListener('change', () => search.submit());
  document.addEventListener('visibilitychange', () => document.hidden || refresh());
  timer = setTimeout(refresh, EVERY);
})();
