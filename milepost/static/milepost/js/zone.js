// The first run begins with the browser's time zone, as long as nobody has chosen one.
const field = document.querySelector("input[data-zone=guess]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = [...(field?.list?.options ?? [])].some((option) => option.value === zone);
if (known && field.value === field.defaultValue) field.value = zone;
