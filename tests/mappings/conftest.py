"""Properties are about answers, not about how busy the machine is."""

from hypothesis import settings

settings.register_profile("bridge", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=4000)


def pytest_configure(config):
    """Leaves a profile chosen on the command line (`--hypothesis-profile=thorough`) in place."""
    if not config.getoption("--hypothesis-profile", default=None):
        settings.load_profile("bridge")
