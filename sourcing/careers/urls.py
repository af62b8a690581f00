"""Addresses of the career site."""

from django.urls import path, re_path

from sourcing.boards import api_views, feed_views
from sourcing.career_site import views as look_views
from sourcing.careers import apply_views, go_views, upload_views, views
from sourcing.community import views as community_views
from sourcing.embeds import views as embed_views
from sourcing.job_alerts import views as job_alert_views

app_name = "careers"
urlpatterns = [
    path("", views.home, name="home"),
    path("look/", look_views.preview, name="look_preview"),
    path("look/<slug:digest>.css", look_views.sheet, name="look_sheet"),
    re_path(
        r"^look/(?P<kind>[a-z]{4,5})-(?P<digest>[0-9a-f]{16})\.(?P<end>svg|png)$", look_views.image, name="look_image"
    ),
    path("departments/<slug:key>/", views.department, name="department"),
    path("places/<slug:key>/", views.location, name="location"),
    path("jobs/<slug:slug>/", views.posting, name="posting"),
    path("jobs/<slug:slug>/apply/", apply_views.apply, name="apply"),
    re_path(
        r"^jobs/(?P<slug>[-a-zA-Z0-9_]+)/(?P<language>[a-z]{2,3}(?:-[a-z]{2,6})?)/$", views.posting, name="posting_in"
    ),
    path("feeds/<slug:key>/", feed_views.open_feed, name="open_feed"),
    path("api/jobs/", api_views.api_jobs, name="api_jobs"),
    path("api/jobs/<slug:slug>/", api_views.api_job, name="api_job"),
    path("community/", community_views.join, name="community"),
    path("embed/<slug:key>/", embed_views.embed, name="embed"),
    path("alerts/", job_alert_views.ask, name="alerts"),
    path("remember/", go_views.remember, name="remember"),
    path("jobs/<slug:slug>/keep/", apply_views.keep, name="keep"),
    path("uploads/", upload_views.uploads, name="uploads"),
    path("uploads/<str:key>/", upload_views.upload, name="upload"),
    path("uploads/<str:key>/reading/", upload_views.reading, name="reading"),
    path("too-large/", apply_views.too_large, name="too_large"),
    path("sent/<str:token>/", apply_views.sent, name="sent"),
]
