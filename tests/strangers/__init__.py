"""Whatever strangers give: files, taxonomies, bundles, options, settings."""
