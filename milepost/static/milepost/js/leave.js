// Runs where nobody is signed in: what this browser kept for whoever was goes. Only what this tab was sending when
// its session turned out to be over is there again after signing in. Whoever signs out leaves their other tabs, too.
try {
  const out = new URLSearchParams(location.search).has("signed-out");
  const sent = out ? null : JSON.parse(sessionStorage.getItem("milepost-sent"))?.key;
  for (const key of Object.keys(localStorage)) {
    if (!sent || !key.endsWith(`:${sent}`)) localStorage.removeItem(key);
  }
  if (out) {
    sessionStorage.clear();
    localStorage.setItem("milepost-out", "");
    localStorage.removeItem("milepost-out");
  }
} catch { /* storage is forbidden: nothing was kept */ }
