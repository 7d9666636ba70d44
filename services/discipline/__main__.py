"""`python -m services.discipline`: the store on its usual port, unless WUFANG_PORT says otherwise."""

from services.discipline.app import create_app
from wufang import ports
from wufang.adapters.http_server import serve

if __name__ == "__main__":
    serve(create_app, ports.SERVICES["discipline"])
