"""Addresses that must not be asked: as they are written, and as they resolve."""

import pytest

from paraph.errors import AddressRefused, UsageError
from paraph.intake.address import check_addresses, check_url, is_url, ports, refusal
from paraph.settings import Settings

SETTINGS = Settings()
INTRANET = Settings(allow_private_addresses=True)

# Each is refused before anything is sent.
HOSTILE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7F.1/",
    "http://0x/",
    "http://127.0.0.1./",
    "http://127.0.0.001/",
    "http://00127.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://4294967297/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://１２７.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%00.example.com/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.127.255.255/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[::8.8.8.8]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:101::1]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2a00:1450::5efe:127.0.0.1]/",
    "http://[2a00:1450::200:5efe:10.0.0.1]/",
    "http://[4000::1]/",
    "http://[::1",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://localhost。/",
    "http://a.localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://router.home.arpa/",
    "http://user@127.0.0.1/",
    "http://example.com@127.0.0.1/",
    "http://example.com:80@127.0.0.1/",
    "http://user:pass@example.com/",
    "http://example.com%40127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http:\\\\127.0.0.1/",
    "http://example.com\r\nHost: inside/",
    "http://example.com\t/",
    "http://exam\u00a0ple.com/",
    "http:///etc/passwd",
    "http://",
    "http://../",
    "http:127.0.0.1",
    "file:///etc/passwd",
    "ftp://example.com/a",
    "gopher://example.com:70/_x",
    "dict://example.com/",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:80:80/",
    "http://under|score.example/",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_addresses_are_refused_as_they_are_written(url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        check_url(url, source=url, settings=SETTINGS)
    assert caught.value.cause
    assert caught.value.cure


def test_there_are_sixty_hostile_forms_and_more() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://example.com:443/a?b=c#d",
        "http://example.com:8080/",
        "https://example.com:8443/",
        "http://8.8.8.8/",
        "http://[2a00:1450:4001::1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[64:ff9b::8.8.8.8]/",
        "http://bücher.example/ü",
        "HTTPS://EXAMPLE.COM/",
        "http://example.com./",
        "http://localhost.example.com/",
        "http://10.example/",
        "http://my_host.example/",
    ],
)
def test_plain_addresses_pass(url: str) -> None:
    assert check_url(url, source=url, settings=SETTINGS).scheme in ("http", "https")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://[::1]/", "http://10.1.2.3:8080/", "http://wiki.local/"])
def test_the_setting_allows_inside_addresses(url: str) -> None:
    assert check_url(url, source=url, settings=INTRANET).host


@pytest.mark.parametrize(
    "url", ["http://2130706433/", "http://user@127.0.0.1/", "http://127.0.0.1:22/", "file:///etc/passwd"]
)
def test_the_setting_allows_no_tricks(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, source=url, settings=INTRANET)


def test_ports_are_a_setting() -> None:
    settings = Settings(allowed_ports="8000, 9000")
    assert ports(settings) == {8000, 9000}
    assert check_url("http://example.com:9000/", source="s", settings=settings).port == 9000
    with pytest.raises(AddressRefused, match="port 80 is not one to fetch from"):
        check_url("http://example.com/", source="s", settings=settings)


@pytest.mark.parametrize("wrong", ["", "80;443", "http", "0", "65536", "-1"])
def test_ports_that_are_none_are_told(wrong: str) -> None:
    with pytest.raises(UsageError, match="allowed_ports"):
        ports(Settings(allowed_ports=wrong))


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("8.8.8.8", None),
        ("100.63.255.255", None),
        ("100.128.0.0", None),
        ("172.32.0.1", None),
        ("2606:4700::1111", None),
        ("2002:808:808::1", None),
        ("10.0.0.1", "private"),
        ("127.0.0.53", "loopback"),
        ("::ffff:10.0.0.1", "private, as IPv4-mapped"),
        ("64:ff9b::169.254.169.254", "link-local, as NAT64"),
        ("2002:a00:1::", "private, as 6to4"),
        ("::5", "unspecified, as IPv4-compatible"),
        ("2001:0:808:808::f7f7:f7f7", "reserved"),
        ("2001:0:a00:1::f7f7:f7f7", "private, as Teredo"),
        ("fe80::1%eth0", "link-local"),
        ("4000::1", "reserved"),
        ("fe80::5efe:8.8.8.8", "link-local"),
        ("not an address", "not an IP address"),
    ],
)
def test_an_address_is_refused_with_its_reason(address: str, why: str | None) -> None:
    assert refusal(address) == why


def test_one_inside_address_among_public_ones_is_enough() -> None:
    check_addresses("a.example", ["8.8.8.8", "8.8.4.4"], source="s", settings=SETTINGS)
    with pytest.raises(AddressRefused, match=r"a\.example is 10\.0\.0\.1, which is private"):
        check_addresses("a.example", ["8.8.8.8", "10.0.0.1"], source="s", settings=SETTINGS)
    check_addresses("a.example", ["8.8.8.8", "10.0.0.1"], source="s", settings=INTRANET)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("http://example.com", True),
        ("HTTPS://example.com", True),
        ("file:///etc/passwd", True),
        ("javascript:alert(1)", True),
        ("http:\\\\example.com", True),
        ("a/b.html", False),
        ("C:\\news\\a.html", False),
        ("C:/news/a.html", False),
        ("-", False),
        ("a:b", False),
        ("http", False),
    ],
)
def test_an_address_is_told_from_a_path(text: str, is_one: bool) -> None:
    assert is_url(text) is is_one
