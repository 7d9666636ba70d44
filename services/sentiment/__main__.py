"""`python -m services.sentiment`: the 舆情 door on its usual port, unless WUFANG_PORT says otherwise."""

from services.sentiment import SPEC
from wufang import ports
from wufang.adapters.http_app import create_app
from wufang.adapters.http_server import serve

if __name__ == "__main__":
    serve(lambda settings: create_app(SPEC, settings), ports.SERVICES[SPEC.name])
