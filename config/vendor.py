"""Finder of the few files that pages use out of the npm packages (第三方前端文件).

The packages hold tens of megabytes that no page asks for; a directory in ``STATICFILES_DIRS`` would collect,
fingerprint and compress all of it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage


class VendorFinder(BaseFinder):
    """Serves ``settings.VENDOR_FILES``: public path → path below ``node_modules``."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.root: Path = settings.NODE_MODULES
        self.files: dict[str, str] = settings.VENDOR_FILES

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(self.root / self.files[path])] if path in self.files else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path, source in self.files.items():
            yield path, _SingleFile(path, self.root / source)


class _SingleFile(FileSystemStorage):
    """A storage that knows one file by its public name."""

    def __init__(self, name: str, source: Path) -> None:
        super().__init__(location=source.parent)
        self._name, self._source = name, source

    def path(self, name: str) -> str:
        return str(self._source) if name == self._name else super().path(name)
