"""Addresses of offers: below /offers/ for colleagues, below /offer/ for the person who signs."""

from django.urls import path

from offers.views import staff, visitor

app_name = "offers"

urlpatterns = [
    path("offers/", staff.offer_list, name="list"),
    path("offers/<int:pk>/", staff.offer, name="offer"),
    path("offers/<int:pk>/edit/", staff.offer_edit, name="edit"),
    path("offers/<int:pk>/<slug:which>.pdf", staff.offer_letter, name="letter"),
    path("offers/<int:pk>/<slug:act>/", staff.offer_act, name="act"),
    path("applications/<int:application>/offer/", staff.offer_create, name="create"),
    path("offer/verify/<uuid:certificate>/", visitor.verify, name="verify"),
    path("offer/<str:token>/", visitor.sign, name="sign"),
    path("offer/<str:token>/agree/", visitor.consent, name="consent"),
    path("offer/<str:token>/sign/", visitor.sign_it, name="sign_it"),
    path("offer/<str:token>/decline/", visitor.decline, name="decline"),
    path("offer/<str:token>/<slug:which>.pdf", visitor.letter, name="sign_letter"),
    path("offer/<str:token>/page/<int:number>/", visitor.letter_page, name="sign_page_image"),
]
