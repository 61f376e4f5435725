"""Choose a port and serve in the background."""

import socket

import pytest

from api.serving import free_port


def listening(port=0):
    """Give a socket that listens on this machine alone."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen()
    return taken


def test_a_taken_port_gives_way_to_a_free_one():
    with listening() as taken:
        wanted = taken.getsockname()[1]
        other = free_port("127.0.0.1", wanted)
    assert other not in {0, wanted}


def test_the_port_of_a_server_that_just_ended_is_free():
    with listening() as taken:
        port = taken.getsockname()[1]
        asker = socket.create_connection(("127.0.0.1", port))
        # The side that closes first keeps the port for a while.
        answerer, _ = taken.accept()
        answerer.close()
        asker.close()
    assert free_port("127.0.0.1", port) == port


def test_no_port_of_a_host_that_is_not_ours():
    with pytest.raises(OSError, match=r"192\.0\.2\.1"):
        free_port("192.0.2.1", 0)
