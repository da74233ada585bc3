"""Media at a public address, on real servers of this machine."""

from __future__ import annotations

import hashlib
import sys

import httpx2
import pytest
from network_fakes import shelf as shelves
from pydantic import ValidationError

from mimin.model.brand import Account, Brand
from mimin.model.media import Media
from mimin.networks.hosting import host_of, hosted_name
from mimin.networks.http import Wiring
from mimin.networks.protocol import NotPublished

CONTENT = b"\xff\xd8 bukan foto"
MEDIA = Media(
    path="content/kopi/posts/cup.jpg",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    mime="image/jpeg",
    size=len(CONTENT),
    width=4,
    height=3,
    alt="Kopi",
)
NAME = hosted_name(MEDIA, "garam")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "KUNCI",
    "AWS_SECRET_ACCESS_KEY": "rahasia-sekali",
    "AWS_REGION": "ap-southeast-3",
    "AWS_ALLOW_HTTP": "true",
}


@pytest.fixture
def server():
    with shelves.serving() as shelf:
        yield shelf


def brand(**fields):
    return Brand(
        id="kopi",
        path="content/kopi/brand.yml",
        name="Kopi",
        zone="Asia/Jakarta",
        languages=("id",),
        accounts={"a": Account(network="sandbox", handle="a")},
        **fields,
    )


def host(environment=None, read=lambda _: CONTENT, **fields):
    wiring = Wiring(transport=httpx2.HTTPTransport(), sleep=lambda _: None)
    environment = environment or {}
    return host_of(brand(**fields), "garam", read, environment.get, wiring)


def site(server):
    server.files[f"/m/{NAME}"] = ("image/jpeg", CONTENT)
    return host(media_host=f"{server.address}/m/")


def test_a_brand_that_names_no_place_has_none():
    assert host() is None


def test_a_name_ends_like_its_type_and_tells_nothing_without_the_salt():
    assert NAME.endswith(".jpg")
    assert len(NAME) == 44
    assert MEDIA.sha256[:8] not in NAME
    assert hosted_name(MEDIA, "lain") != NAME
    assert hosted_name(MEDIA.model_copy(update={"sha256": "0" * 64}), "garam") != NAME


def test_what_lies_on_the_site_is_fetched_and_its_address_given(server):
    assert site(server)(MEDIA) == f"{server.address}/m/{NAME}"
    (method, path, query, headers) = server.calls[0]
    assert (method, path, query) == ("GET", f"/m/{NAME}", {})
    assert "authorization" not in headers
    assert "cookie" not in headers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {}), "the server answers 404"),
        ((500, {}), "the server answers 500"),
        ((302, {"Location": "/lain"}), "it leads elsewhere"),
    ],
)
def test_what_is_not_there_stops_the_delivery_for_now(server, answer, said):
    give = site(server)
    server.answers[f"/m/{NAME}"] = answer
    with pytest.raises(NotPublished, match=said) as stopped:
        give(MEDIA)
    assert not stopped.value.permanent
    assert "build and publish the site" in str(stopped.value)


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("text/html", CONTENT, "served as text/html and not as image/jpeg"),
        ("image/jpeg", CONTENT + b"!", "another file is there"),
        ("image/jpeg", CONTENT[:-1], "another file is there"),
        ("image/jpeg", CONTENT[::-1], "another file is there"),
    ],
)
def test_another_type_or_another_byte_is_not_handed_to_a_network(server, kind, content, said):
    give = site(server)
    server.files[f"/m/{NAME}"] = (kind, content)
    with pytest.raises(NotPublished, match=said):
        give(MEDIA)


def test_a_type_may_name_its_characters(server):
    give = site(server)
    server.files[f"/m/{NAME}"] = ("Image/JPEG; charset=binary", CONTENT)
    assert give(MEDIA)


def test_a_server_that_does_not_answer_is_asked_again(server):
    give = site(server)
    server.drop = 2
    assert give(MEDIA)
    server.drop = 3
    with pytest.raises(NotPublished, match="can not be fetched"):
        give(MEDIA)


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(NotPublished, match="can not be fetched") as stopped:
        host(media_host="http://127.0.0.1:9/m")(MEDIA)
    assert not stopped.value.permanent


@pytest.mark.parametrize(
    "address",
    ["http://kopi.example/m", "kopi.example", "https://a:b@kopi.example/m", "s3://", "file:///m"],
)
def test_a_place_that_is_none_is_a_mistake_in_the_brand(address):
    with pytest.raises(ValidationError):
        brand(media_host=address)


def bucket(server, environment=ENVIRONMENT, **fields):
    return host(
        {**environment, "AWS_ENDPOINT_URL": server.address},
        media_host="s3://kopi/media",
        **fields,
    )


def test_a_bucket_gets_the_file_and_a_signed_address_is_given(server):
    url = bucket(server)(MEDIA)
    put = next(call for call in server.calls if call[0] == "PUT")
    assert put[1] == f"/kopi/media/{NAME}"
    assert put[3]["content-type"] == "image/jpeg"
    assert put[3]["authorization"].startswith("AWS4-HMAC-SHA256 Credential=KUNCI/")
    assert "ap-southeast-3" in put[3]["authorization"]
    assert server.files[put[1]] == ("image/jpeg", CONTENT)
    assert url.startswith(f"{server.address}/kopi/media/{NAME}?")
    method, path, query, headers = server.calls[-1]
    assert (method, path) == ("GET", put[1])
    assert int(query["X-Amz-Expires"][0]) >= 86_400
    assert query["X-Amz-Signature"]
    assert "authorization" not in headers


def test_what_is_in_the_bucket_already_is_not_put_again(server):
    bucket(server)(MEDIA)
    bucket(server)(MEDIA)
    assert [call[0] for call in server.calls].count("PUT") == 1


def test_a_bucket_with_an_address_of_its_own_is_fetched_there(server):
    server.files[f"/publik/{NAME}"] = ("image/jpeg", CONTENT)
    give = bucket(server, media_address=f"{server.address}/publik")
    assert give(MEDIA) == f"{server.address}/publik/{NAME}"


def test_a_bucket_that_refuses_is_said_without_its_secret(server):
    server.answers[f"/kopi/media/{NAME}"] = (403, {"x-said": "rahasia-sekali"})
    with pytest.raises(NotPublished) as stopped:
        bucket(server)(MEDIA)
    assert "the bucket kopi" in str(stopped.value)
    assert "rahasia-sekali" not in str(stopped.value)


def test_a_bucket_without_credentials_names_the_variables(server):
    with pytest.raises(NotPublished, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        bucket(server, {"AWS_REGION": "x"})(MEDIA)
    assert server.calls == []


def test_a_file_that_is_gone_is_said(server):
    def read(path):
        raise OSError(2, "No such file")

    with pytest.raises(NotPublished, match="can not be read"):
        host({**ENVIRONMENT, "AWS_ENDPOINT_URL": server.address}, read, media_host="s3://kopi")(
            MEDIA
        )


def test_a_missing_obstore_is_said(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(NotPublished, match=r"pip install 'mimin\[bucket\]'"):
        bucket(server)(MEDIA)
