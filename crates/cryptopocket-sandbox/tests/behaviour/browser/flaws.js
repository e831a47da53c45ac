(() => {
  const flaws = [];
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const light = ([r, g, b]) => {
    const part = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0.99) return colour;
    }
    return [255, 255, 255, 1];
  };
  const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;

  for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')) {
    const name = control.getAttribute('aria-label') || control.textContent ||
      [...(control.labels || [])].map((label) => label.textContent).join(' ');
    if (!name.trim()) flaws.push('no name: ' + control.outerHTML);
    if (seen(control) && !control.matches('p a, td a, nav a, li a, .skip, input[type=radio], input[type=checkbox], dd a')) {
      if (control.getBoundingClientRect().height < 24) flaws.push('too small: ' + control.outerHTML);
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !seen(element) || element.closest('script, style, noscript, .skip')) continue;
    const [front, back] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) flaws.push('contrast ' + ratio.toFixed(2) + ': ' + element.outerHTML.slice(0, 200));
  }
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) flaws.push('two of #' + id);
  if (document.querySelectorAll('main').length !== 1) flaws.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) flaws.push('not one h1');
  return flaws;
})()
