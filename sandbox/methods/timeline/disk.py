"""`disk.file.get`: the way to files in comments."""

from sandbox.methods.crm import printing
from sandbox.rest.hit import Reply, Request
from sandbox.rest.registry import Method
from sandbox.wire import php
from sandbox.wire.errors import RestError


def get(request: Request) -> Reply:
    """Describe a Drive object, with a signed address."""
    number = php.to_int(request.get("id"))
    if not number:
        raise RestError("ERROR_ARGUMENT", "Invalid value of parameter {Parameter #0}")
    stored = request.portal.held.files.get(number)
    if stored is None or not stored.timeline:
        raise RestError("ERROR_NOT_FOUND", f"Could not find entity with id `{number}`")
    own = stored.author_id == request.caller.user.id
    if not own and not request.portal.switches.timeline_files_open:
        raise RestError("ACCESS_DENIED", "Access denied")
    url = printing.signed(request, "download", "disk", {"fileId": stored.id})
    author = str(stored.author_id)
    return Reply(
        {
            "ID": str(stored.id),
            "NAME": stored.name,
            "CODE": None,
            "STORAGE_ID": "1",
            "TYPE": "file",
            "PARENT_ID": "1",
            "DELETED_TYPE": "0",
            "GLOBAL_CONTENT_VERSION": "1",
            "FILE_ID": str(stored.id),
            "SIZE": str(len(stored.content)),
            "CREATE_TIME": stored.at,
            "UPDATE_TIME": stored.at,
            "DELETE_TIME": None,
            "CREATED_BY": author,
            "UPDATED_BY": author,
            "DELETED_BY": "0",
            "DOWNLOAD_URL": url,
            "DETAIL_URL": f"{request.portal.url}/company/personal/user/{author}/disk/file/{stored.name}",
        }
    )


METHODS = [Method("disk.file.get", get, "disk")]
