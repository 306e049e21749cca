"""The picture shows each bin where it lies."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from service.reliability import picture

SVG = "{http://www.w3.org/2000/svg}"


def test_each_bin_is_a_point_with_its_count() -> None:
    """Scores that hold lie on the diagonal: as far from the left as from the bottom."""
    scored = [(0.25, n % 4 == 0) for n in range(40)] + [(0.75, n % 4 != 0) for n in range(80)]
    root = ET.fromstring(picture(scored))
    points = root.findall(f"{SVG}circle")
    assert len(points) == 2
    frame = root.findall(f"{SVG}rect")[1]
    left, bottom = (
        float(frame.get("x", "")),
        float(frame.get("y", "")) + float(frame.get("height", "")),
    )
    for point in points:
        right = float(point.get("cx", "")) - left
        up = bottom - float(point.get("cy", ""))
        assert abs(right - up) < 0.2
    assert {"40", "80"} <= {text.text for text in root.findall(f"{SVG}text")}
