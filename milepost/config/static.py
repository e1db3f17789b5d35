"""How static files are kept: names that carry their content's hash, so a browser may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files; modules that import one another are rewritten too."""

    support_js_module_import_aggregation = True
