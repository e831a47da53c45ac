// Makes the calls of the forms and shows request and answer with their exact digits.
(() => {
  'use strict';
  const token = document.getElementById('token');
  const state = document.getElementById('token-state');

  // Indents JSON without reading its numbers, which could change them.
  const pretty = (text) => {
    let out = '';
    let depth = 0;
    const line = () => '\n' + '  '.repeat(Math.min(depth, 32));
    for (const [part] of text.matchAll(/"(?:\\.|[^"\\])*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+|"/gs)) {
      if (part === '{' || part === '[') { depth += 1; out += part + line(); }
      else if (part === '}' || part === ']') { depth = Math.max(0, depth - 1); out += line() + part; }
      else if (part === ',') out += ',' + line();
      else if (part === ':') out += ': ';
      else out += part.replace(/^([{[])\s+/, '$1');
    }
    return out;
  };

  const block = (title, text) => {
    const heading = document.createElement('h4');
    heading.textContent = title;
    const pre = document.createElement('pre');
    pre.tabIndex = 0;
    pre.textContent = text;
    return [heading, pre];
  };

  const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

  // The calls that take an id from an answer. A field of the same name can mean something else elsewhere: the account of an
  // off-ramp is the customer's, those of the bank are the integration's.
  const takers = {
    iban: ['list_bank_transactions', 'reconcile_payment'],
    payment_id: ['get_payment', 'reconcile_payment'],
    transaction_id: ['reconcile_payment'],
    id: ['get_offramp'],
  };

  // Fills an id from an answer into the forms that take it. A customer is the same everywhere.
  const learn = (name, value) => {
    if (value === undefined || value === null) return;
    for (const form of document.querySelectorAll('form[data-run]')) {
      if (takers[name] && !takers[name].includes(form.dataset.run)) continue;
      for (const input of form.querySelectorAll(`input[name$=":${name}"]`)) input.value = value;
      for (const body of form.querySelectorAll('textarea[name=body]')) {
        body.value = body.value
          .replace(new RegExp(`("${name}": )"[^"]*"`), (_, head) => head + JSON.stringify(String(value)))
          .replace(new RegExp(`("${name}": )[0-9]+`), (_, head) => head + value);
      }
    }
  };

  const learnFrom = (operation, text) => {
    let data;
    try {
      data = JSON.parse(text).data;
    } catch {
      return;
    }
    if (!data) return;
    const first = Array.isArray(data) ? data[0] : data;
    if (operation === 'authenticate' && data.token) token.value = data.token;
    if (/^create_.*customer/.test(operation)) learn('user_id', data.id);
    if (/^create_.*payment$/.test(operation)) learn('payment_id', data.payment_id);
    if (operation === 'create_offramp') learn('id', data.id);
    if (operation === 'list_bank_accounts') learn('iban', first?.iban);
    if (operation === 'list_bank_transactions') learn('transaction_id', first?.id);
  };

  const call = async (operation, method, path, headers, body) => {
    const started = performance.now();
    const answer = await fetch('/api' + path, { method, headers, body, cache: 'no-store' });
    const text = await answer.text();
    learnFrom(operation, text);
    const took = Math.round(performance.now() - started);
    return { status: answer.status, type: answer.headers.get('content-type') || '', text, took };
  };

  const run = async (form) => {
    const { run: operation, method, path } = form.dataset;
    const fields = [...new FormData(form)];
    const of = (place) => fields.filter(([name, value]) => name.startsWith(place + ':') && value !== '')
      .map(([name, value]) => [name.slice(place.length + 1), value]);
    const named = Object.fromEntries(of('path'));
    const query = new URLSearchParams(of('query')).toString();
    const address = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(named[name] ?? '')) + (query && '?' + query);
    const headers = {};
    let curl = 'curl ' + (method === 'GET' ? '' : '-X ' + method + ' ') + quoted(location.origin + '/api' + address);
    if (operation !== 'authenticate') {
      headers.auth = token.value;
      curl += ' \\\n  -H "auth: $TOKEN"';
    }
    let body;
    const json = fields.find(([name]) => name === 'body');
    if (json) {
      body = json[1];
      headers['content-type'] = 'application/json';
      curl += ' \\\n  --json ' + quoted(body);
    } else if (of('form').length) {
      body = new URLSearchParams(of('form'));
      for (const [name, value] of of('form')) curl += ' \\\n  --data-urlencode ' + quoted(name + '=' + value);
    }
    const place = form.querySelector('.answer');
    try {
      const { status, type, text, took } = await call(operation, method, address, headers, body);
      const shown = type.includes('json') ? pretty(text) : text;
      place.replaceChildren(...block(`Answer: ${status}, ${took} ms`, shown || 'No body.'), ...block('The same with curl', curl));
    } catch (error) {
      place.replaceChildren(...block('No answer', String(error)), ...block('The same with curl', curl));
    }
  };

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    event.preventDefault();
    if (form.id !== 'login') {
      run(form);
      return;
    }
    const credentials = { api_key: form.querySelector('#key').value, api_secret: form.querySelector('#secret').value };
    try {
      const headers = { 'content-type': 'application/json' };
      const before = token.value;
      const { status, text } = await call('authenticate', 'POST', '/authenticate', headers, JSON.stringify(credentials));
      state.textContent = token.value === before ? `No token: ${status} ${text}` : 'A new token was issued.';
    } catch (error) {
      state.textContent = String(error);
    }
  });
})();
