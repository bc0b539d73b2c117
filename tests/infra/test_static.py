from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Quickly(CompressedManifestStaticFilesStorage):
    """As the image is built, but for Brotli, which takes most of a minute and is told by the file's ending alone."""

    def create_compressor(self, **kwargs):
        return Compressor(**kwargs, use_brotli=False)


def test_static_files_collect_with_fingerprints_and_compression(settings, tmp_path):
    """A style sheet or script that names a file which is not there would stop the build of the image."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "tests.infra.test_static.Quickly"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert "staticfiles.json" in names
    assert any(name.startswith("vendor/htmx/htmx.min.") and name.endswith(".js.gz") for name in names)


def test_vendor_files_are_found_one_by_one(settings):
    for path in settings.VENDOR_FILES:
        assert Path(str(finders.find(path))).is_file(), path
    assert finders.find("vendor/echarts/echarts.js") is None
