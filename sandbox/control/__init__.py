"""What a person or a test does with the sandbox: control API, portal page, iframes."""
