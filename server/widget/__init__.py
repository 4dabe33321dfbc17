"""The website's voice button (static/, plain modules without a build step) and the pages it stands on."""
