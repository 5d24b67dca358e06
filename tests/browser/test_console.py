"""The API's console in a real browser, under the product's own content policy."""

import pytest

pytestmark = pytest.mark.browser


def test_the_console_draws_the_schema_without_breaking_the_content_policy(desk):
    page = desk.go("/api/").page
    page.wait_for_selector("#swagger-ui .opblock", timeout=30_000)
    assert page.locator("#swagger-ui .opblock").count() >= 15
    assert page.locator("h1").first.inner_text() == "Console delle API"
    assert desk.problems == []
