// The reader's time zone: kept for greetings, and what the first run begins with as long as nobody has chosen one.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const field = document.querySelector("input[data-zone=guess]");
const known = [...(field?.list?.options ?? [])].some((option) => option.value === zone);
if (known && field.value === field.defaultValue) field.value = zone;
// Its name says whether it is bound to the host, which goes over HTTPS alone.
const name = document.querySelector("meta[name=zone]").content;
if (zone) document.cookie = `${name}=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
