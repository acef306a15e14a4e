"""How much anybody may send at once: counted while it arrives, before a page or a permission sees it."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class Quota(FileUploadHandler):
    """Stops an upload that is larger, or has more files, than the settings allow. First among the handlers."""

    def __init__(self, request: Any = None):
        super().__init__(request)
        self.received = self.files = 0
        self.announced = 0  # how much the request says that it brings

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None  # noqa: N803
    ) -> None:  # fmt: skip
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files += 1
        if self.files > settings.UPLOAD_MOST_FILES or self.announced > settings.UPLOAD_MOST_BYTES:
            self._stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MOST_BYTES:
            self._stop()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps the file."""

    def _stop(self) -> None:
        self.request.sent_too_much = True  # type: ignore[union-attr]
        raise StopUpload(connection_reset=False)
